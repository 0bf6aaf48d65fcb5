import { databaseAddresses } from "@tollgate/kit";
import { TEST_SECRET } from "@tollgate/kit/testing";
import {
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isObjectType,
  parse,
  visit,
} from "graphql";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anything, attempt } from "../testing/anything.js";
import { SUBGRAPH_NAMES } from "./names.js";
import { createSubgraphs, type Subgraphs, stopSubgraphs } from "./subgraphs.js";

const options = { smtpUrl: null, mailFrom: "-", mailbox: true, simulate: false, sampleSeconds: 5, hostSeconds: 2 };
/** Of the values of an enum, how many are tried. */
const VALUES = 12;
let subgraphs: Subgraphs;

beforeAll(async () => {
  // Never connected to: resolvers are called with a context that has no database.
  const addresses = (name: string) => databaseAddresses(name, "postgres://127.0.0.1:1/none", null, TEST_SECRET);
  const logger = pino({ level: "silent" });
  subgraphs = await createSubgraphs(options, { addresses, connections: 1, masterSecret: TEST_SECRET, logger });
});
afterAll(() => stopSubgraphs(subgraphs));

/** A person who may do everything, and who notices when somebody wants to know who it is. */
class Noticing {
  readonly kind = "USER";
  readonly organisationId = "0193a1a0-0000-7000-8000-000000000001";
  readonly permissions = { has: () => true, size: 100 };
  readonly narrowedOrganisationId = null;
  readonly locale = null;
  readonly deadline = null;
  readonly minimumTenancyVersion = null;
  readonly requestId = "-";
  noticed = false;

  constructor() {
    const notice = (name: string) => {
      this.noticed = true;
      return name === "isApiKey" ? undefined : "0193a1a0-0000-7000-8000-000000000002";
    };
    for (const name of ["userId", "sessionId", "isApiKey"])
      Object.defineProperty(this, name, { get: () => notice(name), enumerable: true });
  }
}

const contextOf = (caller: Noticing) => {
  const tx = {
    caller,
    db: anything(),
    sql: anything(),
    scope: { everything: false, path: "/", organisationIds: null },
  };
  const work = async (run: (given: typeof tx) => unknown) => {
    await attempt(() => run(tx));
    return anything();
  };
  const loader = (batch: (given: typeof tx, keys: unknown[]) => unknown) => ({
    load: (key: unknown) => work((given) => batch(given, [key])),
    loadMany: (keys: unknown[]) => work((given) => batch(given, keys)),
  });
  const known = {
    caller,
    extensions: {},
    refreshToken: null,
    read: work,
    readOwn: work,
    write: work,
    writeOwn: work,
    loader,
  };
  return anything(known);
};

/** A row whose enums have their values of this number. */
const rowOf = (type: GraphQLObjectType, number: number): unknown => {
  const enums = Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    if (!isEnumType(named)) return [];
    const values = named.getValues();
    return [[field.name, values[number % values.length]?.value]];
  });
  return anything(Object.fromEntries(enums));
};

const wantsPerson = async (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Promise<boolean> => {
  const caller = new Noticing();
  const context = contextOf(caller);
  for (let number = 0; number < VALUES && !caller.noticed; number += 1) {
    for (const resolve of [field.resolve, field.subscribe]) {
      await attempt(() => resolve?.(rowOf(type, number), {}, context, anything() as never)); // of no interest here
    }
  }
  return caller.noticed;
};

/** Fields with the tag, as the subgraph's own SDL has them. */
const taggedIn = (sdl: string): string[] => {
  const found: string[] = [];
  let type = "";
  visit(parse(sdl), {
    ObjectTypeDefinition: (node) => {
      type = node.name.value;
    },
    FieldDefinition: (node) => {
      const isTagged = node.directives?.some(({ name, arguments: given }) => {
        const value = given?.[0]?.value;
        return name.value === "tag" && value?.kind === "StringValue" && value.value === "per-person";
      });
      if (isTagged) found.push(`${type}.${node.name.value}`);
    },
  });
  return found.sort();
};

describe.each([...SUBGRAPH_NAMES])("%s", (name) => {
  it("tags every field whose value depends on the person, and no other", async () => {
    const { schema, sdl } = subgraphs[name];
    const mutations = schema.getMutationType();
    const types = Object.values(schema.getTypeMap()).filter(isObjectType);
    const found: string[] = [];
    for (const type of types) {
      if (type === mutations || type.name.startsWith("_")) continue;
      for (const field of Object.values(type.getFields())) {
        if (field.name.startsWith("_")) continue;
        if (await wantsPerson(type, field)) found.push(`${type.name}.${field.name}`);
      }
    }
    expect(found.sort()).toEqual(taggedIn(sdl));
  });
});
