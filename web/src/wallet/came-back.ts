import { isId } from "../filters/address.js";

/** Of a page that providers lead back to: the top-up that one comes back from paying. */
export interface CameBack {
  topUp?: string;
}

/** Reads an address; what it does not understand is left out. */
export function parseCameBack({ topUp }: Record<string, unknown>): CameBack {
  return typeof topUp === "string" && isId(topUp) ? { topUp } : {};
}
