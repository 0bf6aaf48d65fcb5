import { audit, InvalidInputFault, oneLine, type RefusedField, type Tx } from "@tollgate/kit";
import { eq } from "drizzle-orm";
import { user } from "../tables.js";
import { announceUser, type UserRow, userById } from "./users.js";

const LONGEST_NAME = 120;

/** What one changes of oneself: fields left out (or null) stay; null clears the phone number. */
export interface ProfileChange {
  displayName?: string | null | undefined;
  phone?: string | null | undefined;
  locale?: string | null | undefined;
  timeZone?: string | null | undefined;
}

type Checked = Partial<Pick<UserRow, "displayName" | "phone" | "locale" | "timeZone">>;

/**
 * Changes a user's profile and tells the others of it.
 * @throws NotFoundFault for somebody who is no user; InvalidInputFault naming each field that is refused.
 */
export const updateProfile = async (tx: Tx, userId: string, change: ProfileChange): Promise<UserRow> => {
  const before = await userById(tx, userId);
  const wanted = checked(change);
  const news = Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => before[field as keyof Checked] !== value), // its own keys
  ) as Checked;
  if (Object.keys(news).length === 0) return before;
  const [row] = await tx.db.update(user).set(news).where(eq(user.id, userId)).returning();
  if (!row) throw new Error("update gave no row");
  await announceUser(tx, row);
  const old = Object.fromEntries(Object.keys(news).map((field) => [field, before[field as keyof Checked]])); // its own keys
  await audit(tx, "accounts", {
    action: "user:updateProfile",
    resource: "user",
    resourceId: userId,
    organisationId: row.organisationId,
    before: old,
    after: news,
  });
  return row;
};

const checked = ({ displayName, phone, locale, timeZone }: ProfileChange): Checked => {
  const refused: RefusedField[] = [];
  const refuse = (field: string, reason: string, message: string) => refused.push({ path: [field], reason, message });
  const wanted: Checked = {};
  if (typeof displayName === "string") {
    wanted.displayName = oneLine(displayName);
    const length = wanted.displayName.length;
    if (length < 1 || length > LONGEST_NAME) refuse("displayName", "LENGTH", `Give 1 to ${LONGEST_NAME} characters.`);
  }
  if (phone !== undefined) {
    wanted.phone = phone;
    if (phone !== null && !/^\+[1-9]\d{9,14}$/.test(phone)) {
      refuse("phone", "MALFORMED", "A phone number has its country's code, such as +27821234567.");
    }
  }
  if (typeof locale === "string") {
    const known = knownLocale(locale);
    if (known === null) refuse("locale", "UNKNOWN", "This language is not known; it must look like en-ZA.");
    else wanted.locale = known;
  }
  if (typeof timeZone === "string") {
    const known = knownTimeZone(timeZone);
    if (known === null)
      refuse("timeZone", "UNKNOWN", "This time zone is not known; it must look like Africa/Johannesburg.");
    else wanted.timeZone = known;
  }
  if (refused.length > 0) throw new InvalidInputFault(refused);
  return wanted;
};

/** The tag as BCP 47 writes it, or null for one that the engine has no formats for. */
export const knownLocale = (tag: string): string | null => {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([tag])[0] ?? null;
  } catch {
    return null; // not even formed like one
  }
};

/** The zone as it was given, old names included; null for an offset or what is no zone. */
export const knownTimeZone = (zone: string): string | null => {
  if (!/^[A-Za-z]/.test(zone)) return null;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return null; // RangeError: no such zone
  }
};
