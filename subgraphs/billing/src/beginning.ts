import { InvalidInputFault } from "@tollgate/kit";

const MINUTE = 60_000;
/** Clocks differ and requests take their time: what was to begin that long ago begins now. */
const NOW_WITHIN = 5 * MINUTE;
const FURTHEST = 5 * 366 * 24 * 60 * MINUTE;

/**
 * When something begins that somebody wants to begin at `wanted`: never in the past, because what was charged stays.
 * @param path of the field. @throws InvalidInputFault PAST, or OUT_OF_RANGE beyond five years.
 */
export const beginningOf = (path: string, wanted: Date, at: Date): Date => {
  const ahead = wanted.getTime() - at.getTime();
  if (ahead < -NOW_WITHIN) throw InvalidInputFault.of(path, "PAST", "It begins now or later.");
  if (ahead > FURTHEST) throw InvalidInputFault.of(path, "OUT_OF_RANGE", "At most five years ahead.");
  return ahead > 0 ? wanted : at;
};
