import { billingSubgraph, demoPriceList, seedBilling } from "@tollgate/billing";
import { databaseAddresses, Subgraph } from "@tollgate/kit";
import type { RequestCaller } from "@tollgate/kit/protocol";
import { requestCaller, TEST_SECRET, until } from "@tollgate/kit/testing";
import { type DocumentNode, parse } from "graphql";
import { pino } from "pino";
import postgres from "postgres";
import { Dice } from "./dice.js";
import { SimulatedTelemetry } from "./telemetry.js";
import type { Estate } from "./tree.js";

/** All that somebody who runs an organisation's money may do. */
const PERMISSIONS = [
  ...["wallet:read", "wallet:topUp", "topUp:approve", "quote:read", "quote:create", "order:read", "order:place"],
  ...["catalogue:read", "catalogue:manage", "serviceSubscription:read", "serviceSubscription:manage"],
  ...["invoice:read", "invoice:pay", "invoice:manage", "billing:manage", "usage:read", "ledger:verify"],
  ...["price:read", "price:manage", "promotion:read", "promotion:manage"],
];

/** What a mutation answers: the type that its union names, and what was asked of it. */
export interface Outcome {
  __typename: string;
  id?: string;
  code?: string;
  message?: string;
  [field: string]: unknown;
}

/** Billing on a clock that is moved by hand, with people to act in it and a telemetry that answers at once. */
export class World {
  private milliseconds: number;
  private readonly documents = new Map<string, DocumentNode>();
  private readonly templates = new Map<string, string>();
  private readonly keys: Dice;

  private subgraph: Subgraph | null = null;

  private constructor(
    private readonly databaseUrl: string,
    readonly estate: Estate,
    readonly seed: number,
    readonly start: Date,
    readonly telemetry: SimulatedTelemetry,
  ) {
    this.milliseconds = start.getTime();
    this.keys = new Dice(seed, "idempotency keys");
  }

  /** @param databaseUrl of an empty database, as its administrator. */
  static async open(databaseUrl: string, estate: Estate, seed: number, start: Date): Promise<World> {
    const world = new World(databaseUrl, estate, seed, start, new SimulatedTelemetry(seed));
    const billing = await Subgraph.create(billingSubgraph({ clock: world.now }), {
      addresses: databaseAddresses("billing", databaseUrl, null, TEST_SECRET),
      connections: 4,
      masterSecret: TEST_SECRET,
      logger: pino({ level: "warn" }),
      tenancySource: {
        changes: async (after) => estate.changes.filter(({ version }) => BigInt(version) > BigInt(after)),
      },
    });
    world.subgraph = billing;
    await billing.start([billing.inbox, world.telemetry]);
    await until(async () => (await billing.health()).every(({ ready }) => ready), 60_000);
    const listFrom = new Date(start.getTime() - 86_400_000);
    await seedBilling(billing, {
      priceLists: [demoPriceList(new Dice(seed, "price list").uuid(), estate.operator, listFrom)],
      credits: [],
    });
    return world;
  }

  get billing(): Subgraph {
    if (this.subgraph === null) throw new Error("the world is not open");
    return this.subgraph;
  }

  readonly now = (): Date => new Date(this.milliseconds);

  /** @throws RangeError for a moment in the past. */
  moveTo(instant: Date): void {
    if (instant.getTime() < this.milliseconds) throw new RangeError("books never go back in time");
    this.milliseconds = instant.getTime();
  }

  /** Somebody of an organisation. */
  person(organisationId: string): RequestCaller {
    const { operator, resellers } = this.estate;
    const kind =
      organisationId === operator ? "INTERNAL" : resellers.includes(organisationId) ? "RESELLER" : "CUSTOMER";
    return requestCaller({ org: organisationId, kind, permissions: PERMISSIONS }, { deadline: Date.now() + 60_000 });
  }

  /** The answer to a document. @throws Error where there is any error in it. */
  async ask<Data>(document: string, variables: Record<string, unknown>, as: RequestCaller): Promise<Data> {
    let parsed = this.documents.get(document);
    if (parsed === undefined) {
      parsed = parse(document);
      this.documents.set(document, parsed);
    }
    const { data, errors } = await this.billing.execute({ document: parsed, variables, caller: as });
    if (errors) throw new Error(JSON.stringify(errors));
    return data as Data; // of the shape that the document asks for
  }

  /** A mutation with a key of its own. @param selection of what it succeeds with, such as `... on Quote { id }`. */
  async change(name: string, input: Record<string, unknown>, selection: string, as: RequestCaller): Promise<Outcome> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { result: ${name}(input: $input) { __typename ${selection}
      ... on Problem { code message } } }`;
    const { result } = await this.ask<{ result: Outcome }>(document, { input }, as);
    return result;
  }

  /** Of a size on offer. */
  async templateId(name: string): Promise<string> {
    if (this.templates.size === 0) {
      const document = "{ vmTemplates { id name } }";
      const asked = await this.ask<{ vmTemplates: { id: string; name: string }[] }>(
        document,
        {},
        this.person(this.estate.operator),
      );
      for (const template of asked.vmTemplates) this.templates.set(template.name, template.id);
    }
    const id = this.templates.get(name);
    if (id === undefined) throw new Error(`no size ${name}`);
    return id;
  }

  /** The same for the same words in every run of this world. */
  dice(...words: readonly (string | number)[]): Dice {
    return new Dice(this.seed, ...words);
  }

  /** Never the same twice in a world, and the same in every run of it. */
  key(): string {
    return this.keys.uuid();
  }

  /**
   * Has the database look at its tables, as it does by itself every few minutes: months go by faster here, and its plans
   * would be those for the tables of the first day.
   */
  async takeStock(): Promise<void> {
    const administrator = postgres(this.databaseUrl, { max: 1 });
    try {
      await administrator`analyze`;
    } finally {
      await administrator.end({ timeout: 5 });
    }
  }

  /** What everybody heard is answered, and what follows from that, until all is quiet. */
  async settle(): Promise<void> {
    do await this.billing.delivered();
    while (await this.telemetry.answer(this.billing));
  }

  async close(): Promise<void> {
    await this.subgraph?.stop();
  }
}
