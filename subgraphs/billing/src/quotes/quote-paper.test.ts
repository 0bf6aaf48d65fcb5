import { testTree } from "@tollgate/kit/testing";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { system } from "../testing/arrange.js";
import { ask, buyer, issued, OrderDesk, SMALL } from "../testing/orders.js";
import { quotePaper } from "./quote-paper.js";

const tree = testTree();
const as = buyer(tree.customer);
let desk: OrderDesk;

beforeAll(async () => {
  desk = await OrderDesk.start(inject("postgresUrl"), tree);
});
afterAll(() => desk.stop());

const linkOf = async (id: string): Promise<URL> => {
  const document = "query ($id: ID!) { quote(id: $id) { pdf { url contentType expiresAt } } }";
  const { quote } = await ask<{ quote: { pdf: { url: string; contentType: string } } }>(
    desk.billing,
    document,
    { id },
    as,
  );
  expect(quote.pdf.contentType).toBe("application/pdf");
  return new URL(quote.pdf.url);
};

const opened = async ({ pathname, searchParams }: URL) => {
  const route = desk.billing.subgraph.routes.find(({ path }) => path === pathname);
  if (!route) throw new Error(`nothing answers at ${pathname}`);
  return await route.handle({ query: searchParams, headers: {}, rawBody: new Uint8Array(), url: pathname } as never); // as much of it as is read
};

it("says what was quoted, for how long and between whom", async () => {
  const id = await issued(desk.billing, as, { ...SMALL, name: "shop", backup: true });
  const read = () => system(desk.billing.subgraph, (tx) => quotePaper(tx, id, desk.clock.now()));
  const paper = await read();
  const plain = (text: string) => text.replaceAll("\u00a0", " ");
  expect(paper).toMatchObject({ title: "Quote", mark: null, customer: { title: "For" }, issuer: { title: "From" } });
  expect(paper?.rows.map(({ cells }) => plain(cells.join("|")))).toEqual([
    "Machine shop: 1 vCPU, 2 GB memory, 25 GB SSD, Debian 13|||",
    "vCPU|1 vCPU|R 60,00|R 60,00",
    "Memory|2 GB|R 25,00|R 50,00",
    "SSD storage|25 GB|R 1,60|R 40,00",
    "Backup|25 GB|R 0,60|R 15,00",
  ]);
  expect(paper?.totals.map(({ value }) => plain(value)).at(-1)).toBe("R 165,00");
  expect(paper?.notes[0]).toContain("15 June 2026");
  desk.clock.forward(15 * 24 * 60);
  expect(await read()).toMatchObject({ mark: "Expired" });
});

it("comes as a PDF to whoever was shown the quote, by a link that nobody can bend", async () => {
  const link = await linkOf(await issued(desk.billing, as));
  const answer = await opened(link);
  expect(answer.status).toBe(200);
  expect(Buffer.from(answer.body as Uint8Array).toString("latin1", 0, 5)).toBe("%PDF-"); // a document is bytes
  const other = await issued(desk.billing, buyer(tree.sibling));
  const bent = new URL(link);
  bent.searchParams.set("id", other);
  expect((await opened(bent)).status).toBe(403);
  desk.clock.forward(6);
  expect((await opened(link)).status).toBe(403);
});
