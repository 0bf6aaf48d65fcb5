// Tollgate, all in one: gateway, five subgraphs, web app and, where no other is named, PostgreSQL.
import { becomeTollgate, say } from "./process/become.js";
import { startTollgate } from "./tollgate.js";

await becomeTollgate((settings, clock) => startTollgate(settings, say, clock.now));
