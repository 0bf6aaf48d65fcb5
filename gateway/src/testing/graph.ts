import { composeServices } from "@apollo/composition";
import { GraphQLError, parse } from "graphql";
import { EventSourceFixture } from "./events.js";
import { type FixtureContext, type FixtureResolvers, FixtureService } from "./service.js";

const header = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@tag", "@authenticated", "@requiresScopes", "@listSize"])
`;

const accountsSdl = `${header}
  type Query { me: User @authenticated, serverTime: String }
  type Mutation {
    signIn(email: String!): SignedIn
    signOut: Boolean @authenticated
    endNothing: Boolean
    note(step: String!): [String!]
  }
  type SignedIn { userId: ID! }
  type User @key(fields: "id") @authenticated { id: ID!, displayName: String! }
`;

const telemetrySdl = `${header}
  type Query {
    vm(id: ID!): Vm @requiresScopes(scopes: [["vm:read"]])
    vms(first: Int = 2): [Vm!] @requiresScopes(scopes: [["vm:read"]]) @listSize(slicingArguments: ["first"])
    weather: String
    broken: String
    refused(code: String!): String
    slow: String
    nested: Nested
  }
  type Mutation { move: Boolean, measure(step: String!): [String!] }
  type Nested { deeper: Nested, leaf: String }
  type Subscription {
    vmSamples(ids: [ID!]): [VmSample!]! @requiresScopes(scopes: [["vm:read"]]) @tag(name: "newest-wins")
    vmStateChanged: VmStateChange! @requiresScopes(scopes: [["vm:read"]])
    vmChanges(after: String): VmStateChange! @requiresScopes(scopes: [["vm:read"]])
    refusing: Int
    refusingNewest: Int @tag(name: "newest-wins")
  }
  type Vm @key(fields: "id") @requiresScopes(scopes: [["vm:read"]]) { id: ID!, name: String! }
  type VmSample { cpuPercent: Float!, vm: Vm }
  type VmStateChange { state: String!, vm: Vm }
`;

const billingSdl = `${header}
  type Query { prices: [Int!], tree: String }
  type Mutation { charge(step: String!): [String!] }
  type Vm @key(fields: "id") { id: ID!, hourlyCost: Money @requiresScopes(scopes: [["price:read"], ["billing:manage", "vm:read"]])
    favourite: Boolean @tag(name: "per-person"), seenBy: String }
  type User @key(fields: "id") { id: ID!, wallet: Money }
  type Money { formatted: String! }
`;

export interface Sample {
  cpuPercent: number;
  vm: { __typename: "Vm"; id: string; name: string };
}

export interface StateChange {
  state: string;
  vm: { __typename: "Vm"; id: string; name: string };
}

/** A graph of three small subgraphs in process, with handles on what happens inside. */
export interface FixtureGraph {
  supergraphSdl: string;
  accounts: FixtureService;
  telemetry: FixtureService;
  billing: FixtureService;
  samples: EventSourceFixture<{ vmSamples: Sample[] }>;
  changes: EventSourceFixture<{ vmStateChanged: StateChange }>;
  /** Steps of mutations in the order in which they were done. */
  steps: string[];
  /** Resolves when the field `slow` is asked; it answers when `release` is called. */
  slowAsked: Promise<AbortSignal | undefined>;
  release: () => void;
}

/** The SDL of the fixture, composed once for all tests of a file. */
export const fixtureSupergraphSdl = compose();

/** A fresh graph, so that tests do not see each other. */
export function createFixtureGraph(): FixtureGraph {
  const samples = new EventSourceFixture<{ vmSamples: Sample[] }>();
  const changes = new EventSourceFixture<{ vmStateChanged: StateChange }>();
  const steps: string[] = [];
  const released = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<AbortSignal | undefined>();
  const step = (_parent: unknown, { step: name }: { step: string }): string[] => {
    steps.push(name);
    return [...steps];
  };

  const accounts: FixtureResolvers = {
    Query: {
      me: (_parent, _args, { caller }) => ({ id: caller.claims?.sub, displayName: "Ada" }),
      serverTime: () => "noon",
    },
    Mutation: {
      signIn: (_parent, { email }: { email: string }, { extensions }) => {
        extensions.session = fixtureTokens;
        return { userId: email };
      },
      signOut: (_parent, _args, { extensions }) => {
        extensions.session = null;
        return true;
      },
      note: step,
    },
    User: { __resolveReference: ({ id }: { id: string }) => ({ id, displayName: "Ada" }) },
  };
  const telemetry: FixtureResolvers = {
    Query: {
      vm: (_parent, { id }: { id: string }) => ({ id, name: `vm-${id}` }),
      vms: (_parent, { first }: { first: number }) => machines(first),
      weather: () => "dry",
      broken: () => {
        throw new Error("relation telemetry.secret_table does not exist at 10.0.0.7");
      },
      refused: (_parent, { code }: { code: string }) => {
        throw new GraphQLError("Not like this", { extensions: { code, fields: ["id"] } });
      },
      slow: async (_parent, _args, { signal }) => {
        asked.resolve(signal);
        await released.promise;
        return "at last";
      },
      nested: () => ({}),
    },
    Mutation: {
      move: (_parent, _args, { extensions }: FixtureContext) => {
        extensions.tenancyVersion = "42";
        extensions.session = fixtureTokens; // not its business: must be ignored
        return true;
      },
      measure: step,
    },
    Subscription: {
      vmSamples: { subscribe: () => samples.listen() },
      vmStateChanged: { subscribe: () => changes.listen() },
      vmChanges: { subscribe: () => changes.listen(), resolve: ({ vmStateChanged }: VmEvent) => vmStateChanged },
      refusing: { subscribe: refuse },
      refusingNewest: { subscribe: refuse },
    },
    Vm: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `vm-${id}` }) },
  };
  const billing: FixtureResolvers = {
    Query: { prices: () => [1, 2], tree: (_parent, _args, { caller }) => caller.minimumTenancyVersion },
    Mutation: { charge: step },
    Vm: {
      __resolveReference: ({ id }: { id: string }) => ({ id, hourlyCost: { formatted: `R ${id}.00` } }),
      favourite: (_parent, _args, { caller }) => caller.claims?.permissions.includes("vm:read") ?? null,
      // What should have a tag and has none.
      seenBy: (_parent, _args, { caller, extensions }) => {
        if (caller.scope) extensions.perPerson = true;
        return caller.claims?.sub ?? null;
      },
    },
    User: { __resolveReference: ({ id }: { id: string }) => ({ id, wallet: { formatted: "R 100.00" } }) },
  };
  return {
    supergraphSdl: fixtureSupergraphSdl,
    accounts: new FixtureService("accounts", accountsSdl, accounts),
    telemetry: new FixtureService("telemetry", telemetrySdl, telemetry),
    billing: new FixtureService("billing", billingSdl, billing),
    samples,
    changes,
    steps,
    slowAsked: asked.promise,
    release: released.resolve,
  };
}

interface VmEvent {
  vmStateChanged: StateChange;
}

function refuse(): never {
  throw new GraphQLError("Nothing of that id", { extensions: { code: "NOT_FOUND" } });
}

/** What `signIn` answers beside its data. */
export const fixtureTokens = {
  accessToken: "new-access",
  accessTokenExpiresAt: Date.UTC(2100, 0, 1),
  refreshToken: "new-refresh",
  refreshTokenExpiresAt: Date.UTC(2100, 0, 8),
  device: { token: "new-device", expiresAt: Date.UTC(2100, 0, 15) },
};

/** Samples as telemetry sends them. */
export function sampleOf(id: string, cpuPercent: number): { vmSamples: Sample[] } {
  return { vmSamples: [{ cpuPercent, vm: { __typename: "Vm", id, name: `vm-${id}` } }] };
}

export function changeOf(id: string, state: string): { vmStateChanged: StateChange } {
  return { vmStateChanged: { state, vm: { __typename: "Vm", id, name: `vm-${id}` } } };
}

function machines(count: number): { id: string; name: string }[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${index + 1}`, name: `vm-${index + 1}` }));
}

function compose(): string {
  const subgraphs = Object.entries({ accounts: accountsSdl, telemetry: telemetrySdl, billing: billingSdl });
  const result = composeServices(
    subgraphs.map(([name, sdl]) => ({ name, url: `http://${name}.invalid`, typeDefs: parse(sdl) })),
  );
  if (!result.supergraphSdl) throw new Error((result.errors ?? []).map((error) => error.message).join("\n"));
  return result.supergraphSdl;
}
