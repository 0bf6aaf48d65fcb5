export { checkPersonalData } from "./check.js";
export { type Person, PersonalData } from "./personal-data.js";
export {
  pseudonymEmail,
  pseudonymName,
  pseudonymOf,
  type TableDeclarations,
} from "./tables.js";
