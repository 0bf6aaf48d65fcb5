import type { Currency } from "@tollgate/kit";

/** An organisation's books are kept in this currency unless another one is named. */
export const MAIN_CURRENCY: Currency = "ZAR";
