export const MOST_AT_ONCE = 100;
export const MOST_ROLES = 20;
/** An organisation sends so many within a day at most: whoever gets hold of a session shall not flood the world. */
export const MOST_A_DAY = 500;
export const LIFE_MILLISECONDS = 7 * 86_400_000;
export const RESEND_SECONDS = 60;
export const MOST_SENT = 10;

/** As the scalar EmailAddress reads it; the list is text, so that one that is none does not stop the others. */
const EMAIL = /^[^\s\p{C}@<>"]{1,64}@[^\s\p{C}@<>"]+\.[^\s\p{C}@<>".]+$/u;
const LONGEST_EMAIL = 254;

/** An e-mail as it was typed. `key` is what it is compared by. */
export interface Wish {
  /** Place in the list. */
  index: number;
  email: string;
  key: string;
}

/** The wishes of a list: each e-mail once, whichever way it is written. */
export const wishesOf = (emails: readonly string[]): Wish[] => {
  const wishes = new Map<string, Wish>();
  emails.forEach((typed, index) => {
    const email = typed.trim();
    const key = email.toLowerCase();
    if (!wishes.has(key)) wishes.set(key, { index, email, key });
  });
  return [...wishes.values()];
};

export const isEmail = ({ email }: Wish): boolean => email.length <= LONGEST_EMAIL && EMAIL.test(email);
