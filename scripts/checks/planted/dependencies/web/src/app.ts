// Breaks: web-imports-no-server-code.
import { plan } from "../../gateway/src/plan.js";

export const app = plan;
