import { createRequire } from "node:module";
import PdfDocument from "pdfkit";
import type { DocumentModel, DocumentParty } from "./document-model.js";

const require = createRequire(import.meta.url);

const FONTS = {
  text: require.resolve("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf"),
  strong: require.resolve("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf"),
};

/** Points; A4 has 595 by 842. */
const MARGIN = 48;
const WIDTH = 595.28 - 2 * MARGIN;
const BOTTOM = 841.89 - MARGIN - 24;
const SMALL = 8.5;
const BODY = 9.5;
const GAP = 6;

const INK = "#1a1d21";
const SOFT = "#5b6470";
const LINE = "#d5dae0";

type Font = keyof typeof FONTS;

/** Draws one document from top to bottom, on as many pages as it takes. */
class Drawing {
  private readonly pdf: PDFKit.PDFDocument;
  private y = MARGIN;

  constructor(private readonly model: DocumentModel) {
    const { title, number, locale, createdAt, issuer } = model;
    this.pdf = new PdfDocument({
      size: "A4",
      margin: MARGIN,
      bufferPages: true,
      lang: locale,
      displayTitle: true,
      info: { Title: `${title} ${number}`, Author: issuer.name, CreationDate: createdAt, Producer: "Tollgate" },
    });
    for (const [name, file] of Object.entries(FONTS)) this.pdf.registerFont(name, file);
  }

  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    const ended = new Promise((resolve, reject) => this.pdf.once("end", resolve).once("error", reject));
    this.pdf.on("data", (piece: Uint8Array) => pieces.push(piece));
    this.head();
    this.parties();
    this.facts();
    this.table();
    this.totals();
    this.notes();
    this.feet();
    this.pdf.end();
    await ended;
    return new Uint8Array(Buffer.concat(pieces));
  }

  private head(): void {
    const { title, number, mark } = this.model;
    this.write(title, MARGIN, WIDTH * 0.6, { font: "strong", size: 20 });
    if (mark !== null)
      this.write(mark, MARGIN + WIDTH * 0.6, WIDTH * 0.4, { font: "strong", size: 14, align: "right" });
    this.y += 26;
    this.write(number, MARGIN, WIDTH, { size: 12, colour: SOFT });
    this.y += 30;
  }

  private parties(): void {
    const half = WIDTH / 2 - GAP;
    const { issuer, customer } = this.model;
    const heights = [this.party(issuer, MARGIN, half), this.party(customer, MARGIN + half + 2 * GAP, half)];
    this.y += Math.max(...heights) + 14;
  }

  /** @returns how much height it takes. */
  private party({ title, name, lines }: DocumentParty, x: number, width: number): number {
    const top = this.y;
    const line = (text: string, style: Style) => {
      this.write(text, x, width, style);
      this.y += this.heightOf(text, width, style) + 2;
    };
    line(title, { size: SMALL, colour: SOFT });
    line(name, { font: "strong", size: BODY + 1 });
    for (const text of lines) line(text, { size: BODY });
    const height = this.y - top;
    this.y = top;
    return height;
  }

  private facts(): void {
    const { facts } = this.model;
    const width = WIDTH / Math.max(1, Math.min(4, facts.length));
    for (let first = 0; first < facts.length; first += 4) {
      facts.slice(first, first + 4).forEach(({ label, value }, place) => {
        const x = MARGIN + place * width;
        this.write(label, x, width - GAP, { size: SMALL, colour: SOFT });
        this.y += 12;
        this.write(value, x, width - GAP, { size: BODY, font: "strong" });
        this.y -= 12;
      });
      this.y += 34;
    }
  }

  private table(): void {
    this.tableHead();
    for (const { cells, isHeading = false } of this.model.rows) {
      const style: Style = { size: BODY, ...(isHeading && { font: "strong" as const }) };
      const height = this.rowHeight(cells, style);
      if (this.y + height > BOTTOM) {
        this.turn();
        this.tableHead();
      }
      this.row(cells, style);
      this.y += height;
    }
    this.y += GAP;
  }

  private tableHead(): void {
    const titles = this.model.columns.map(({ title }) => title);
    this.row(titles, { size: SMALL, colour: SOFT });
    this.y += this.rowHeight(titles, { size: SMALL });
    this.rule();
  }

  private row(cells: readonly string[], style: Style): void {
    let x = MARGIN;
    this.model.columns.forEach(({ align, share }, place) => {
      const width = WIDTH * share;
      this.write(cells[place] ?? "", x, width - GAP, { ...style, align });
      x += width;
    });
  }

  private rowHeight(cells: readonly string[], style: Style): number {
    const { columns } = this.model;
    const heights = columns.map(({ share }, place) => this.heightOf(cells[place] ?? "", WIDTH * share - GAP, style));
    return Math.max(...heights, BODY) + 5;
  }

  private totals(): void {
    const { totals } = this.model;
    const each = 17;
    if (this.y + totals.length * each + GAP > BOTTOM) this.turn();
    this.rule();
    for (const { label, value, isTotal = false } of totals) {
      const style: Style = isTotal ? { font: "strong", size: BODY + 1.5 } : { size: BODY };
      this.write(label, MARGIN + WIDTH * 0.35, WIDTH * 0.4, { ...style, align: "right" });
      this.write(value, MARGIN + WIDTH * 0.75, WIDTH * 0.25 - GAP, { ...style, align: "right" });
      this.y += each;
    }
    this.y += 14;
  }

  private notes(): void {
    for (const note of this.model.notes) {
      const height = this.heightOf(note, WIDTH, { size: SMALL });
      if (this.y + height > BOTTOM) this.turn();
      this.write(note, MARGIN, WIDTH, { size: SMALL, colour: SOFT });
      this.y += height + 4;
    }
  }

  private feet(): void {
    const { start, count } = this.pdf.bufferedPageRange();
    const { title, number } = this.model;
    for (let page = start; page < start + count; page += 1) {
      this.pdf.switchToPage(page);
      // Below the margin pdfkit would begin a new page.
      this.pdf.page.margins.bottom = 0;
      this.y = 841.89 - MARGIN;
      this.write(`${title} ${number}`, MARGIN, WIDTH * 0.7, { size: SMALL, colour: SOFT });
      const place = `${page - start + 1} / ${count}`;
      this.write(place, MARGIN + WIDTH * 0.7, WIDTH * 0.3, { size: SMALL, colour: SOFT, align: "right" });
    }
  }

  private turn(): void {
    this.pdf.addPage();
    this.y = MARGIN;
  }

  private rule(): void {
    this.pdf
      .moveTo(MARGIN, this.y)
      .lineTo(MARGIN + WIDTH, this.y)
      .lineWidth(0.75)
      .strokeColor(LINE)
      .stroke();
    this.y += 5;
  }

  private heightOf(text: string, width: number, { font = "text", size }: Style): number {
    return text === "" ? 0 : this.pdf.font(font).fontSize(size).heightOfString(text, { width });
  }

  private write(text: string, x: number, width: number, style: Style): void {
    const { font = "text", size, colour = INK, align = "left" } = style;
    if (text === "") return;
    // Figures of one width, so that amounts stand below one another.
    this.pdf
      .font(font)
      .fontSize(size)
      .fillColor(colour)
      .text(text, x, this.y, { width, align, features: ["tnum"] });
  }
}

interface Style {
  size: number;
  font?: Font;
  colour?: string;
  align?: "left" | "right";
}

/** The PDF of a document: A4, with its fonts in it. */
export const drawDocument = (model: DocumentModel): Promise<Uint8Array> => new Drawing(model).bytes();
