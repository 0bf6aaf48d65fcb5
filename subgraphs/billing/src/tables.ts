import { kitTables } from "@tollgate/kit";
import { billing } from "./schema.js";

export { catalogueItem, catalogueVersion } from "./catalogue/catalogue.schema.js";
export { revenueDay, spendPart, spendProgress, usageDay } from "./figures/spend.schema.js";
export { documentCounter, invoicedMonth, invoiceEntry } from "./invoices/billed.schema.js";
export { creditNote, invoice, invoiceLine } from "./invoices/invoice.schema.js";
export { hold } from "./ledger/hold.schema.js";
export { entry, idempotency, posting, wallet } from "./ledger/ledger.schema.js";
export { machine } from "./machines/machine.schema.js";
export { billingMode } from "./modes/mode.schema.js";
export { organisationName } from "./names/name.schema.js";
export { coupon, couponGuess, couponRedemption } from "./offers/coupon.schema.js";
export { promotion } from "./offers/promotion.schema.js";
export { orderLine } from "./orders/items.schema.js";
export { order, orderNumbers } from "./orders/order.schema.js";
export { priceList, rate, volumeTier } from "./prices/price.schema.js";
export { providerEvent } from "./providers/event.schema.js";
export { simulatedMemory } from "./providers/simulated/memory.schema.js";
export { quote, quoteLine, quoteNumbers } from "./quotes/quote.schema.js";
export { serviceCharge, serviceSubscription } from "./services/service.schema.js";
export { taxRate } from "./tax/tax.schema.js";
export { refund } from "./topups/refund.schema.js";
export { proof, topUp, topUpNumbers } from "./topups/topup.schema.js";
export { meter, metering, run, usageRecord } from "./usage/usage.schema.js";
export { billing };

export const { tenancy, outbox, outboxAggregate, outboxLease, inbox, streamSequence, settingValue } =
  kitTables(billing);
