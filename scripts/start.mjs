// npm start: builds what changed, then becomes Tollgate, all in one; with --distributed each part is a process of its own.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./lib/build.mjs";
import { endChildrenWithUs, root, whenAbandoned } from "./lib/run.mjs";

const distributed = process.argv.includes("--distributed");
const main = join(root, "standalone", "dist", ...(distributed ? ["distributed"] : []), "main.js");

const letGo = endChildrenWithUs();
// A container brings the built thing and none of the compilers.
if (process.env.TOLLGATE_PREBUILT !== "1" && !(await build())) process.exit(1);
if (!existsSync(main)) {
  process.stderr.write(`There is no built server (${main}); run npm run build.\n`);
  process.exit(1);
}
// From here on the signals are Tollgate's own affair; only that our parent is gone still has to be told it.
letGo();
whenAbandoned(() => process.kill(process.pid, "SIGTERM"));
process.setSourceMapsEnabled(true);
process.argv[1] = main;
await import(pathToFileURL(main).href);
