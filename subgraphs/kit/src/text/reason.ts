import { InvalidInputFault } from "../faults/fault.js";

const [SHORTEST, LONGEST] = [3, 500];

/**
 * A reason for the trail, without the space around it.
 * @throws InvalidInputFault for field `reason` unless it has 3 to 500 characters.
 */
export const reasonOf = (text: string): string => {
  const reason = text.trim();
  if (reason.length >= SHORTEST && reason.length <= LONGEST) return reason;
  throw InvalidInputFault.of("reason", "LENGTH", `Give a reason of ${SHORTEST} to ${LONGEST} characters.`);
};
