/** Joins letters of some scripts (and emoji) to one sign: part of a name, though nobody sees it alone. */
const JOINERS = "\u200c\u200d";

const UNSEEN = new RegExp(`(?:(?![${JOINERS}])[\\p{C}\\s])+`, "gu");
const AT_THE_ENDS = new RegExp(`^[${JOINERS}\\s]+|[${JOINERS}\\s]+$`, "gu");

/**
 * A name as it is kept: in one line, without the space around it, and without characters that nobody sees. They would
 * make two different names look the same, turn a line around, or break a mail's header.
 */
export const oneLine = (text: string): string => text.replace(UNSEEN, " ").replace(AT_THE_ENDS, "");
