// Breaks: kit-imports-nobody.
import { wallet } from "../../billing/src/wallet/wallet.js";

export const kit = wallet;
