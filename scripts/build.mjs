// npm run build: the server and what the browser gets, as far as they changed.
import { build } from "./lib/build.mjs";
import { endChildrenWithUs } from "./lib/run.mjs";

endChildrenWithUs();
process.exit((await build()) ? 0 : 1);
