const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

const LONGEST = 160;

/**
 * What people chose (a name), as it may stand in a mail to a stranger: one line, of bounded length, and never made a
 * link of by a mail program, or they could advertise through our mails. The joiner after a dot cannot be seen.
 */
export const harmless = (text: string): string => {
  const line = [...text.replace(/[\p{C}\s]+/gu, " ").trim()];
  const short = line.length <= LONGEST ? line : [...line.slice(0, LONGEST - 1), "…"];
  return short.join("").replace(/[.:@](?=\S)/g, "$&\u2060");
};
