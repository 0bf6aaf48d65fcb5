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
      const found = (await this.newestIn(name, organisationId)).get(organisationId);
      if (found) return found;
    }
    return null;
  }

  /** The same of every organisation that has one. Reads each file once. */
  async newestOfAll(): Promise<Map<string, ChainPoint>> {
    const newest = new Map<string, ChainPoint>();
    for (const name of await this.files()) {
      for (const [id, point] of await this.newestIn(name)) if (!newest.has(id)) newest.set(id, point);
    }
    return newest;
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

  private async newestIn(name: string, only?: string): Promise<Map<string, ChainPoint>> {
    const newest = new Map<string, ChainPoint>();
    const input = createReadStream(join(this.directory, name), "utf8");
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (only !== undefined && !line.includes(only)) continue;
      const found = this.anchorOf(line);
      const known = found && newest.get(found.organisationId);
      if (found && (!known || found.point.position > known.position)) newest.set(found.organisationId, found.point);
    }
    return newest;
  }

  /** A line that a crash cut short, or that somebody else wrote, says nothing. */
  private anchorOf(line: string): { organisationId: string; point: ChainPoint } | null {
    let read: AnchorLine;
    try {
      read = JSON.parse(line) as AnchorLine; // each field is used as text, and the signature is over all of them
    } catch {
      return null;
    }
    const { organisationId } = read;
    if (!/^\d+$/.test(read.position)) return null;
    const point = { position: BigInt(read.position), hash: Buffer.from(read.hash, "hex") };
    const signature = Buffer.from(read.signature, "base64url");
    return this.signatures.isGenuine("ANCHOR", organisationId, point, signature) ? { organisationId, point } : null;
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
