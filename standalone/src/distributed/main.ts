// Tollgate as seven processes: this one watches over the gateway, the five subgraphs and, where no other is named, PostgreSQL.
import { becomeTollgate, say } from "../process/become.js";
import { startProcesses } from "./processes.js";

await becomeTollgate((settings, clock) => startProcesses(settings, say, clock.ahead));
