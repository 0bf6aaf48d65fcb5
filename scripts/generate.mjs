// npm run generate [-- --check]: SDL, supergraph, migrations and typed documents.
import { compareGenerated, generate } from "./lib/generate.mjs";
import { endChildrenWithUs } from "./lib/run.mjs";

endChildrenWithUs();
const { ok, output } = await (process.argv.includes("--check") ? compareGenerated() : generate());
process.stdout.write(output);
process.exit(ok ? 0 : 1);
