/** Of a page that providers lead back to: the top-up that one comes back from paying. */
export interface CameBack {
  topUp?: string;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads an address; what it does not understand is left out. */
export function parseCameBack({ topUp }: Record<string, unknown>): CameBack {
  return typeof topUp === "string" && ID.test(topUp) ? { topUp } : {};
}
