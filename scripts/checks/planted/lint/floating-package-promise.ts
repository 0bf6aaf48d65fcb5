// Biome cannot see that this is a promise: the type comes from a package. The check with the compiler has to.
import { readFile } from "node:fs/promises";

export function forgetTheFile(path: string): void {
  readFile(path);
}
