import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import type { Plugin } from "vite";

/** Below this a file fits into the first packets in any case. */
const SMALLEST_BYTES = 1_024;
const squeeze = promisify(brotliCompress);

/**
 * Lays a copy beside each script, style and picture that is compressed as well as Brotli can, as `<name>.br`: a server
 * that compresses while somebody waits cannot take that time, and sends about an eighth more.
 */
export function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    // From the written files: before that, Vite has not told the scripts yet what to load with them.
    async writeBundle({ dir = "" }, bundle) {
      const names = Object.keys(bundle).filter((name) => /^assets\/.*\.(?:js|css|svg)$/.test(name));
      const copies = names.map(async (name) => {
        const content = await readFile(join(dir, name));
        if (content.length < SMALLEST_BYTES) return;
        await writeFile(join(dir, `${name}.br`), await squeeze(content));
      });
      await Promise.all(copies);
    },
  };
}
