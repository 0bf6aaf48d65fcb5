import { missingInPassword } from "../components/password-words.js";

/** What is wrong with what somebody typed, by field; `form` is about all of it. */
export type FieldErrors = Partial<Record<string, string>>;

/** The same without what was wrong with one field. */
export function without(errors: FieldErrors, field: string): FieldErrors {
  const { [field]: _, ...others } = errors;
  return others;
}

/** Fields that the server refused, as the input names them. */
export function errorsOfFields(fields: readonly { path: readonly string[]; message: string }[]): FieldErrors {
  return Object.fromEntries(fields.map(({ path: [field = "form"], message }) => [field, message]));
}

/** A phone number as people write it, in the form that the server takes: `+27 82 123-4567` is `+27821234567`. */
export function phoneFrom(typed: string): string {
  return typed.replace(/[\s().-]/g, "").replace(/^00/, "+");
}

/** What is missing before the server is asked. */
export function missingIn(values: Readonly<Record<string, string>>): FieldErrors {
  const errors: FieldErrors = {};
  const { displayName, organisationName, email, password, phone } = values;
  if (displayName === "") errors["displayName"] = "Enter your name.";
  if (organisationName === "") errors["organisationName"] = "Enter the name of your organisation.";
  if (email === "") errors["email"] = "Enter your e-mail.";
  else if (email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    errors["email"] = "This is not a complete e-mail address.";
  const weak = password === undefined ? null : missingInPassword(password);
  if (weak !== null) errors["password"] = weak;
  if (phone && !/^\+\d{10,15}$/.test(phone))
    errors["phone"] = "Write it with the country's code, such as +27 82 123 4567.";
  return errors;
}

/** Where the person is, as far as the browser tells. */
export function ownPlace(): { locale?: string; timeZone?: string } {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const locale = navigator.language;
  return {
    ...(/^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i.test(locale) && { locale }),
    ...(timeZone && { timeZone }),
  };
}
