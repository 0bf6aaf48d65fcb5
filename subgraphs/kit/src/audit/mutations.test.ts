import "reflect-metadata";
import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { homeOrganisation } from "../caller/caller.js";
import type { Tx } from "../database/database.js";
import { ConflictFault, NotFoundFault } from "../faults/fault.js";
import {
  ConflictProblem,
  Ctx,
  Field,
  ID,
  Mutation,
  ObjectType,
  type OperationContext,
  outcome,
  Resolver,
  resultUnion,
} from "../graphql/index.js";
import { note } from "../testing/example/tables.js";
import { exampleSubgraph, requestCaller, TestSubgraph, type TestTree, testTree, until } from "../testing/index.js";
import { type AuditRecord, audit } from "./audit.js";
import { leaveNoRecord, refuseForgottenRecords } from "./mutations.js";

@ObjectType()
class Scribble {
  @Field(() => ID)
  id: string;
}
const ScribbleResult = resultUnion("ScribbleResult", [Scribble], [ConflictProblem]);

const scribble = async (tx: Tx) => {
  const [row] = await tx.db
    .insert(note)
    .values({ organisationId: homeOrganisation(tx.caller), text: "scribbled" })
    .returning();
  if (!row) throw new Error("insert gave no row");
  return row;
};

/** Mutations that treat the trail in every possible way. */
@Resolver()
class Scribbler {
  @Mutation(() => Scribble, { nullable: true })
  forgetful(@Ctx() context: OperationContext) {
    return context.write(scribble);
  }

  @Mutation(() => Scribble, { nullable: true })
  excused(@Ctx() context: OperationContext) {
    leaveNoRecord("it is only a test");
    return context.write(scribble);
  }

  @Mutation(() => ID, { nullable: true })
  idle(@Ctx() context: OperationContext) {
    return context.write(async (tx) => {
      await tx.sql`select 1 from note for update`;
      return "nothing";
    });
  }

  @Mutation(() => ScribbleResult as never, { nullable: true })
  conflicting(@Ctx() context: OperationContext) {
    return outcome(ScribbleResult, () =>
      context.write(async (tx) => {
        await scribble(tx);
        await audit(tx, "example", { action: "note:write", resource: "note" });
        throw new ConflictFault("Somebody else was quicker.");
      }),
    );
  }

  @Mutation(() => ID, { nullable: true })
  missing(): Promise<string> {
    throw new NotFoundFault("note", `a\u0000b${"x".repeat(1_000)}`);
  }

  @Mutation(() => ID, { nullable: true })
  breaking(@Ctx() context: OperationContext): Promise<string> {
    return context.write(async () => {
      throw new Error("the disk is full at 10.1.2.3");
    });
  }
}

let tree: TestTree;
let graph: TestSubgraph;
const records: AuditRecord[] = [];

beforeAll(async () => {
  tree = testTree();
  const definition = exampleSubgraph({
    resolvers: [new Scribbler()],
    handlers: {
      "audit.recorded": async (_tx: Tx, event: DeliveredEvent) => {
        records.push(event.payload as AuditRecord); // what `audit` emits
      },
    },
  });
  graph = await TestSubgraph.start(inject("postgresUrl"), definition, tree.source);
});
afterAll(() => graph.stop());
beforeEach(() => {
  records.length = 0;
});
afterEach(() => refuseForgottenRecords());

const run = async (field: string) => {
  const caller = requestCaller({ org: tree.customer, permissions: ["note:read", "note:write"] });
  return graph.execute(`mutation { ${field} }`, {}, caller);
};

const recorded = async (): Promise<AuditRecord[]> => {
  await graph.subgraph.settled();
  await graph.subgraph.delivered();
  return records;
};

describe("a mutation and the trail", () => {
  it("fails in tests when it changes something and records nothing", async () => {
    const { errors } = await run("forgetful { id }");
    expect(errors?.[0]?.extensions).toMatchObject({ code: "INTERNAL" });
  });

  it("gets a plain record elsewhere, so that nothing is done unseen", async () => {
    refuseForgottenRecords(false);
    const { data } = await run("forgetful { id }");
    expect(data).toMatchObject({ forgetful: { id: expect.any(String) } });
    await until(async () => (await recorded()).length === 1);
    expect(records[0]).toMatchObject({ action: "mutation:forgetful", outcome: "SUCCEEDED", actorKind: "USER" });
  });

  it("may say that it leaves none, and leaves none where it changed nothing", async () => {
    expect((await run("excused { id }")).errors).toBeUndefined();
    expect((await run("idle")).errors).toBeUndefined();
    expect(await recorded()).toHaveLength(0);
  });

  it("leaves one record when it succeeds", async () => {
    await run('addNote(text: "hello") { ... on Note { id } }');
    expect(await recorded()).toMatchObject([{ action: "note:write", outcome: "SUCCEEDED" }]);
  });

  it("leaves one that it failed, also when its own record was rolled back", async () => {
    expect((await run("conflicting { __typename }")).data).toEqual({ conflicting: { __typename: "ConflictProblem" } });
    expect(await recorded()).toMatchObject([
      { action: "mutation:conflicting", outcome: "FAILED", problem: "CONFLICT" },
    ]);
  });

  it("leaves one of what was not found, whatever was given for its id", async () => {
    await run("missing");
    await until(async () => (await recorded()).length === 1);
    expect(records[0]).toMatchObject({ outcome: "REFUSED", resource: "note", problem: "NOT_FOUND" });
    expect(records[0]?.resourceId).toBe(`a\u{fffd}b${"x".repeat(97)}`);
  });

  it("leaves one when it breaks, without what broke", async () => {
    await run("breaking");
    const [record] = await recorded();
    expect(record).toMatchObject({ action: "mutation:breaking", outcome: "FAILED", problem: "INTERNAL" });
    expect(JSON.stringify(record)).not.toContain("10.1.2.3");
  });
});
