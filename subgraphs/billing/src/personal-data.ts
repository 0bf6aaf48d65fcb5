import { PersonalData } from "@tollgate/kit";

const BOOKS = "the books: the law keeps them, and nobody is named in them";

/**
 * What billing keeps of people: who asked for what, by id. The law keeps orders, payments and their proofs; after an
 * erasure the ids lead to a pseudonym.
 */
export const billingPersonalData = new PersonalData({
  wallet: { none: BOOKS },
  entry: { none: BOOKS },
  posting: { none: BOOKS },
  hold: { none: BOOKS },
  invoice: { none: "what organisations owe one another, which the law keeps with the books" },
  invoice_line: { none: BOOKS },
  invoice_entry: { none: BOOKS },
  invoiced_month: { none: BOOKS },
  credit_note: { by: ["issued_by"], erase: "KEEP" },
  document_counter: { none: "counts" },
  organisation_name: { none: "names of organisations, which invoices refer to" },
  billing_mode: { by: ["changed_by"], erase: "KEEP" },
  idempotency: { none: "digests and ids, forgotten after 30 days" },
  machine: { none: "machines as telemetry tells of them" },
  run: { none: "stretches of a machine's time" },
  metering: { none: "until when use is charged" },
  meter: { none: "use of machines" },
  usage_record: { none: "use of machines" },
  spend_progress: { none: BOOKS },
  spend_part: { none: BOOKS },
  revenue_day: { none: BOOKS },
  usage_day: { none: "use of machines" },
  price_list: { none: "prices" },
  rate: { none: "prices" },
  volume_tier: { none: "prices" },
  tax_rate: { none: "taxes" },
  promotion: { none: "offers" },
  coupon: { none: "offers" },
  coupon_guess: { none: "codes that an organisation tried, forgotten after an hour" },
  coupon_redemption: { none: "which organisation used which coupon" },
  quote: { by: ["created_by"], erase: "KEEP" },
  quote_line: { none: "what was quoted; by whom stands at the quote" },
  catalogue_item: { none: "what is on offer" },
  catalogue_version: { none: "what is on offer" },
  order_line: { none: "what was ordered; by whom stands at the order" },
  service_subscription: { by: ["started_by"], erase: "KEEP" },
  service_charge: { none: BOOKS },
  customer_order: { by: ["placed_by"], erase: "KEEP" },
  top_up: { by: ["started_by", "decided_by"], erase: "KEEP" },
  refund: { by: ["requested_by"], erase: "KEEP" },
  provider_event: { none: "what payment providers tell of payments; its body is forgotten as soon as it is applied" },
  simulated_memory: { none: "references and amounts of payments in the demo" },
  proof: { none: "a voucher of the organisation's payment, which the law keeps with the books" },
});
