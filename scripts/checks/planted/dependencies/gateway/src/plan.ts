// Breaks: gateway-imports-no-subgraph (this part of the kit is not for it), source-imports-no-test.
import { fixture } from "../../subgraphs/billing/src/wallet/wallet.test.js";
import { kit } from "../../subgraphs/kit/src/kit.js";

export const plan = () => [fixture, kit];
