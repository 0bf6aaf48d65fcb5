/** What was typed, without what people put between digits; null when it is no number with the code of its country. */
export function readPhone(typed: string): string | null {
  const number = typed.replace(/[\s().-]/g, "");
  return /^\+\d{10,15}$/.test(number) ? number : null;
}

export const PHONE_PROBLEM = "A number begins with + and the code of its country, such as +27 82 555 0101.";
