// npm run check: everything that can be said about the code without running it.
import { runChecks } from "./lib/checks.mjs";
import { endChildrenWithUs } from "./lib/run.mjs";

endChildrenWithUs();
const { passed, failed } = await runChecks();
process.stdout.write(`${passed} checks passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
