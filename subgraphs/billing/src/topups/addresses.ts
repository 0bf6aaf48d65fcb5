import { InvalidInputFault } from "@tollgate/kit";

/** The provider sends the browser there: nowhere else than to ourselves. @throws InvalidInputFault. */
export const requireOwnAddress = (url: string | null, publicUrl: string): void => {
  if (url === null || new URL(url).origin === new URL(publicUrl).origin) return;
  throw InvalidInputFault.of("returnUrl", "NOT_ALLOWED", "The way back leads to an address of this Tollgate.");
};
