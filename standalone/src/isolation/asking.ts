import { createGateway, type Gateway } from "@tollgate/gateway";
import type { RequestCaller } from "@tollgate/kit/protocol";
import { requestCaller } from "@tollgate/kit/testing";
import { pino } from "pino";
import type { Asker } from "./callers.js";
import type { Graph } from "./graph.js";
import type { World } from "./world.js";

const NO_LIMIT = 1_000_000;
const without = { perSecond: NO_LIMIT, burst: NO_LIMIT };

/** An answer as text, to be searched and compared. */
export interface Answer {
  text: string;
  data: Record<string, unknown> | null;
  errors: readonly { message: string; path?: readonly (string | number)[]; extensions?: Record<string, unknown> }[];
}

/** A gateway over the world's subgraphs that takes an asker's name for a token, and sets no limits to what is asked. */
export class Front {
  private constructor(private readonly gateway: Gateway) {}

  static async open(world: World, graph: Graph, askers: readonly Asker[]): Promise<Front> {
    const known = new Map(askers.map((one) => [one.name, one.claims]));
    const gateway = await createGateway({
      supergraphSdl: graph.supergraph,
      services: Object.values(world.subgraphs),
      identity: null,
      recognise: async (bearer) => ({
        claims: known.get(bearer ?? "") ?? null,
        accessToken: null,
        refusal: null,
        until: null,
      }),
      host: "127.0.0.1",
      port: 0,
      publicUrl: "http://127.0.0.1",
      secureCookies: false,
      logger: pino({ level: "silent" }),
      webRoot: null,
      graphiqlRoot: null,
      routes: [],
      health: async () => ({ ready: true, checks: [] }),
      explore: true,
      limits: {
        tokens: NO_LIMIT,
        depth: 100,
        aliases: NO_LIMIT,
        rootFields: NO_LIMIT,
        fields: NO_LIMIT,
        cost: 1_000_000_000,
        addressRate: without,
        callerRate: without,
      },
    });
    return new Front(gateway);
  }

  async ask(
    who: Asker,
    query: string,
    variables: Record<string, unknown>,
    narrowedTo: string | null = null,
  ): Promise<Answer> {
    const answer = await fetch(`${this.gateway.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(who.claims && { authorization: `Bearer ${who.name}` }),
        ...(narrowedTo !== null && { "x-organisation-id": narrowedTo }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return answerOf(await answer.text());
  }

  close(): Promise<void> {
    return this.gateway.stop();
  }
}

export const answerOf = (text: string): Answer => {
  const { data, errors } = JSON.parse(text) as Partial<Answer>; // what GraphQL over HTTP answers
  return { text, data: data ?? null, errors: errors ?? [] };
};

/** An asker as a subgraph is told of it. */
export const requestOf = (who: Asker): RequestCaller =>
  requestCaller(who.claims, { deadline: Date.now() + 60_000, address: "192.0.2.200" });

/** What is later was written by the trial. The same for all answers, so that two are compared by the same measure. */
const BEGINNING = Date.now() - 5 * 60_000;

/**
 * The same text for answers that differ in nothing but an id that was asked for, a request's id, the time, what is
 * left of it, and the signature of an address that is good for a while.
 */
export const plainly = (text: string, asked: readonly string[]): string => {
  let plain = text
    .replace(/"requestId":"[^"]*"/g, '"requestId":"-"')
    .replace(/("url":"[^"?]*)\?[^"]*"/g, '$1"')
    .replace(/"hours":"[\d.]+"/g, '"hours":"-"')
    .replace(/isolation ?\d+/g, "isolation");
  for (const id of asked) plain = plain.replaceAll(id, "<asked>");
  return plain.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (moment) =>
    Date.parse(moment) > BEGINNING ? "<time>" : moment,
  );
};

/** Codes of its errors and problems. */
export const codesOf = ({ text }: Pick<Answer, "text">): string[] => [
  ...new Set([...text.matchAll(/"(?:\w+_)?code":"([A-Z_]+)"/g)].map((match) => match[1] ?? "")),
];

const AROUND = 150;

/** Where texts of one name differ first, with what stands there; nothing where all are the same. */
export const differences = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [one, other] = [before.get(name) ?? "", after.get(name) ?? ""];
    if (one === other) return [];
    const place = [...one].findIndex((letter, index) => letter !== other[index]);
    const start = Math.max(0, (place < 0 ? one.length : place) - AROUND);
    return [`${name}: ${one.slice(start, start + 2 * AROUND)} ≠ ${other.slice(start, start + 2 * AROUND)}`];
  });

/** Runs them a few at a time. */
export const each = async <T>(all: readonly T[], work: (one: T) => Promise<void>, atOnce = 4): Promise<void> => {
  const waiting = [...all];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};
