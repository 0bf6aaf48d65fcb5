import { decodeCursor, InvalidInputFault, isId } from "@tollgate/kit";

/**
 * The position in a list that is sorted by time, then id; null for its start.
 * @throws InvalidInputFault for a cursor that is none of such a list.
 */
export const timeCursor = (after: string | null | undefined): { at: string; id: string } | null => {
  const key = decodeCursor(after, 2);
  if (!key) return null;
  const [at, id] = key;
  if (typeof at !== "string" || typeof id !== "string" || Number.isNaN(Date.parse(at)) || !isId(id)) {
    throw InvalidInputFault.of("after", "MALFORMED", "This cursor is not one of this list.");
  }
  return { at: new Date(at).toISOString(), id };
};
