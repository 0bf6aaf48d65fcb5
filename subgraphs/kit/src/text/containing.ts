/** A pattern for LIKE that finds a text anywhere; percent, underscore and backslash count as themselves. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;
