import { parsePhoneNumberFromString, validatePhoneNumberLength } from "libphonenumber-js/max";
import { PhoneNumberFault } from "./problems.js";

/**
 * A number in E.164, as the graph's scalar lets it through.
 * @throws PhoneNumberFault that says what is wrong with it.
 */
export const requirePhone = (text: string): string => {
  if (!/^\+\d{10,15}$/.test(text)) {
    throw new PhoneNumberFault("NOT_E164", "A number is + and 10 to 15 digits, with the code of its country.");
  }
  const parsed = parsePhoneNumberFromString(text);
  const flaw = validatePhoneNumberLength(text);
  if (flaw === "INVALID_COUNTRY" || (parsed && !parsed.country && !parsed.countryCallingCode)) {
    throw new PhoneNumberFault("UNKNOWN_COUNTRY", "No country has this code.");
  }
  if (flaw === "TOO_SHORT") throw new PhoneNumberFault("TOO_SHORT", "This number is too short for its country.");
  if (flaw === "TOO_LONG") throw new PhoneNumberFault("TOO_LONG", "This number is too long for its country.");
  if (flaw || !parsed?.isValid()) throw new PhoneNumberFault("NOT_E164", "This is not a number of its country.");
  return parsed.number;
};
