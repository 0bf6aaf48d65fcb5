// Breaks: schema-imports-nobody.
import { plan } from "../../gateway/src/plan.js";

export const documents = plan;
