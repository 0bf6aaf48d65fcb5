import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import os from "node:os";
import type { HostIdentity } from "./reading.js";

/** The content of a file of the operating system, null where there is no such file or it may not be read. */
export const systemFile = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, "utf8");
  } catch {
    return null;
  }
};

/** A UUID that always follows from the same text (version 8: of our own making). */
const idFrom = (text: string): string => {
  const bytes = createHash("sha256").update(`tollgate host ${text}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

/** The computer's own id where it has one, else its name. */
export const hostId = async (): Promise<string> =>
  idFrom((await systemFile("/etc/machine-id"))?.trim() || os.hostname());

/** Addresses that others may reach it by, link-local ones left out. */
export const hostAddresses = (): string[] =>
  Object.values(os.networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"))
    .map(({ address }) => address);

/** What Node itself knows of the computer, on any operating system. */
export const identityOf = async (found: Pick<HostIdentity, "image" | "disks">): Promise<HostIdentity> => ({
  id: await hostId(),
  name: os.hostname() || "host",
  vcpus: Math.max(1, os.cpus().length),
  memoryBytes: BigInt(os.totalmem()),
  addresses: hostAddresses(),
  bootedAt: new Date(Math.round(Date.now() / 1_000 - os.uptime()) * 1_000),
  ...found,
});
