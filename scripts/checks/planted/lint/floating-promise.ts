import { readFile } from "node:fs/promises";

async function remember(path: string): Promise<void> {
  await readFile(path);
}

export function forget(path: string): void {
  remember(path);
}
