import type { Company } from "./companies.js";
import type { World } from "./world.js";

const PROOF = new TextEncoder().encode("%PDF-1.7 a transfer");
/** How often of a hundred times a proof is not accepted. */
const REJECTED = 5;
/** Limits of a payment, in cents. */
const LEAST = 5_000n;
const MOST = 50_000_000n;

const put = async (world: World, url: string): Promise<void> => {
  const { pathname, searchParams } = new URL(url);
  const route = world.billing.routes.find(({ method, path }) => method === "PUT" && path === pathname);
  if (!route) throw new Error("no such route");
  const request = { method: "PUT", path: pathname, query: searchParams, headers: {}, rawBody: PROOF };
  const { status } = await route.handle({ ...request, address: "127.0.0.1" });
  if (status !== 204) throw new Error(`a proof was not taken: ${status}`);
};

/**
 * A bank transfer with its proof, decided by the reseller. @param number how many the company made before: on it depends
 * whether the proof is accepted. @returns whether the money is there.
 */
export const transfer = async (
  world: World,
  company: Company,
  walletId: string,
  amount: bigint,
  number: number,
): Promise<boolean> => {
  const payer = world.person(company.id);
  const reseller = world.person(world.estate.resellers[company.reseller] ?? "");
  const minorUnits = (amount < LEAST ? LEAST : amount > MOST ? MOST : amount).toString();
  const change = (name: string, input: Record<string, unknown>, as = payer) =>
    world.change(name, { ...input, idempotencyKey: world.key() }, "... on TopUp { id state }", as);
  const money = { minorUnits, currency: "ZAR" };
  const { id: topUpId, ...refused } = await change("startTopUp", { walletId, amount: money, provider: "MANUAL" });
  if (!topUpId) throw new Error(JSON.stringify(refused));
  const { url, id: uploadId } = await world.change(
    "createProofUpload",
    { topUpId, contentType: "application/pdf" },
    "... on UploadTarget { id url }",
    payer,
  );
  if (typeof url !== "string") throw new Error("no place for a proof");
  await put(world, url);
  await change("submitTopUpProof", { topUpId, uploadId, bankReference: `${company.name} ${number}` });
  const decided = world.dice(company.id, "transfer", number).chance(REJECTED)
    ? await change("rejectTopUp", { topUpId, reason: "Nothing has arrived with this reference." }, reseller)
    : await change("approveTopUp", { topUpId }, reseller);
  return decided["state"] === "SUCCEEDED";
};
