export { checkPersonalData } from "./check.js";
export { type ArchivedRow, type Person, PersonalData, type PersonalDataExtras } from "./personal-data.js";
export {
  type ImpersonalTable,
  type PersonalTable,
  pseudonymEmail,
  pseudonymName,
  pseudonymOf,
  type Replacements,
  type TableDeclarations,
} from "./tables.js";
