import { createReadStream } from "node:fs";
import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ChainPoint } from "./chain.js";
import type { ChainSignatures } from "./signatures.js";

/** An anchor as a line of a file. */
interface AnchorLine {
  organisationId: string;
  position: string;
  hash: string;
  at: string;
  signature: string;
}

export interface NewAnchor extends ChainPoint {
  organisationId: string;
  at: Date;
  signature: Uint8Array;
}

const NAME = /^anchors-\d{4}-\d{2}\.jsonl$/;

/** Anchors outside of the database: a file for each month, which is only ever added to. */
export class AnchorFile {
  constructor(
    private readonly directory: string,
    private readonly signatures: ChainSignatures,
  ) {}

  /** Resolves when the lines are on the disk. */
  async append(anchors: readonly NewAnchor[], at: Date): Promise<void> {
    if (anchors.length === 0) return;
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const file = await open(join(this.directory, `anchors-${at.toISOString().slice(0, 7)}.jsonl`), "a", 0o600);
    try {
      await file.appendFile(anchors.map(lineOf).join(""));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** The newest genuine anchor of an organisation; null where there is none. Reads in constant memory, newest month first. */
  async newest(organisationId: string): Promise<ChainPoint | null> {
    for (const name of await this.files()) {
      const found = await this.newestIn(join(this.directory, name), organisationId);
      if (found) return found;
    }
    return null;
  }

  private async files(): Promise<string[]> {
    const names = await readdir(this.directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return names
      .filter((name) => NAME.test(name))
      .sort()
      .reverse();
  }

  private async newestIn(path: string, organisationId: string): Promise<ChainPoint | null> {
    let newest: ChainPoint | null = null;
    for await (const line of createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity })) {
      const point = line.includes(organisationId) ? this.pointOf(line, organisationId) : null;
      if (point && (!newest || point.position > newest.position)) newest = point;
    }
    return newest;
  }

  /** A line that a crash cut short, or that somebody else wrote, says nothing. */
  private pointOf(line: string, organisationId: string): ChainPoint | null {
    let read: AnchorLine;
    try {
      read = JSON.parse(line) as AnchorLine; // each field is used as text, and the signature is over all of them
    } catch {
      return null;
    }
    if (read.organisationId !== organisationId || !/^\d+$/.test(read.position)) return null;
    const point = { position: BigInt(read.position), hash: Buffer.from(read.hash, "hex") };
    const signature = Buffer.from(read.signature, "base64url");
    return this.signatures.isGenuine("ANCHOR", organisationId, point, signature) ? point : null;
  }
}

const lineOf = ({ organisationId, position, hash, at, signature }: NewAnchor): string => {
  const line: AnchorLine = {
    organisationId,
    position: position.toString(),
    hash: Buffer.from(hash).toString("hex"),
    at: at.toISOString(),
    signature: Buffer.from(signature).toString("base64url"),
  };
  return `${JSON.stringify(line)}\n`;
};
