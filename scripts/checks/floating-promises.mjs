// Run by the checks in a process of its own: the compiler is slow enough to be worth the second core.
import { floatingPromises, sourceFiles } from "../lib/floating-promises.mjs";

const PLANTED = "scripts/checks/planted/lint/floating-package-promise.ts";
const { server, web } = sourceFiles();
const found = [
  ...floatingPromises("tsconfig.base.json", [...server, PLANTED]),
  ...(web.length === 0 ? [] : floatingPromises("web/tsconfig.json", web)),
];
const rest = found.filter((line) => !line.startsWith(PLANTED));
if (rest.length === found.length) rest.push(`The planted floating promise in ${PLANTED} is no longer found.`);
process.stdout.write(rest.map((line) => `${line}\n`).join(""));
process.exit(rest.length === 0 ? 0 : 1);
