import { fileURLToPath } from "node:url";
import { desc, eq } from "drizzle-orm";
import { audit } from "../../audit/audit.js";
import { homeOrganisation, requireUser } from "../../caller/caller.js";
import type { Tx } from "../../database/database.js";
import { emit } from "../../events/outbox.js";
import type { StreamedEvent } from "../../events/stream.js";
import { NotFoundFault } from "../../faults/fault.js";
import {
  Arg,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ForbiddenProblem,
  ID,
  Int,
  Mutation,
  NotFoundProblem,
  ObjectType,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
  resultUnion,
  type SubscribeArguments,
  Subscription,
} from "../../graphql/index.js";
import { PersonalData } from "../../personal-data/personal-data.js";
import type { SubgraphDefinition, SubgraphKit } from "../../subgraph/definition.js";
import { inScope, organisationInScope, requireActive } from "../../tenancy/scope.js";
import { note } from "./tables.js";

@Directive('@key(fields: "id")')
@Directive('@requiresScopes(scopes: [["note:read"]])')
@ObjectType()
class Note {
  @Field(() => ID)
  id: string;

  @Field(() => String)
  text: string;
}

@ObjectType()
class NoteAdded {
  @Field(() => String)
  cursor: string;

  @Field(() => String)
  text: string;
}

const NoteResult = resultUnion("NoteResult", [Note], [NotFoundProblem, ForbiddenProblem]);

const notesById = async (tx: Tx, ids: readonly string[]) => {
  const rows = await tx.db.select().from(note).where(inScope(tx, note.organisationId));
  return new Map(rows.filter((row) => ids.includes(row.id)).map((row) => [row.id, row]));
};

@Resolver(() => Note)
class NoteResolver {
  constructor(private readonly kit: SubgraphKit) {}

  @Directive('@requiresScopes(scopes: [["note:read"]])')
  @Query(() => Note, { nullable: true })
  async note(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext) {
    const [row] = await context.read((tx) => tx.db.select().from(note).where(eq(note.id, id)));
    if (!row) throw new NotFoundFault("note", id);
    return row;
  }

  @Directive('@requiresScopes(scopes: [["note:read"]])')
  @Query(() => [Note], { nullable: true })
  notes(@Ctx() context: OperationContext) {
    return context.read((tx) =>
      tx.db.select().from(note).where(inScope(tx, note.organisationId)).orderBy(desc(note.createdAt), desc(note.id)),
    );
  }

  @Directive('@tag(name: "per-person")')
  @FieldResolver(() => ID, { nullable: true, description: "Whoever reads it." })
  author(@Ctx() context: OperationContext): string {
    return requireUser(context.caller).userId;
  }

  @Query(() => Int, { nullable: true })
  broken(): number {
    throw new Error("relation secret_table does not exist at 10.1.2.3");
  }

  @Directive('@requiresScopes(scopes: [["note:write"]])')
  @Mutation(() => NoteResult as never, { nullable: true })
  addNote(
    @Arg("text", () => String) text: string,
    @Arg("organisationId", () => ID, { nullable: true }) organisationId: string | undefined,
    @Ctx() context: OperationContext,
  ) {
    return outcome(NoteResult, () =>
      context.write(async (tx) => {
        const organisation = await organisationInScope(tx, organisationId ?? homeOrganisation(context.caller));
        requireActive(organisation);
        const [row] = await tx.db
          .insert(note)
          .values({ organisationId: organisation.organisationId, text })
          .returning();
        if (!row) throw new Error("insert gave no row");
        await emit(tx, {
          type: "note.added",
          aggregateId: organisation.organisationId,
          organisationId: organisation.organisationId,
          payload: { text },
          topic: `notes:${organisation.organisationId}`,
        });
        await audit(tx, "example", { action: "note:write", resource: "note", resourceId: row.id, after: { text } });
        return row;
      }),
    );
  }

  @Directive('@requiresScopes(scopes: [["note:read"]])')
  @Subscription(() => NoteAdded, {
    subscribe: ({ args, context }: SubscribeArguments<{ after?: string }>) =>
      context.resolver(NoteResolver).source(context, args.after),
  })
  noteAdded(@Root() event: StreamedEvent, @Arg("after", () => String, { nullable: true }) _after?: string): NoteAdded {
    return { cursor: event.cursor, text: (event.payload as { text: string }).text };
  }

  source(context: OperationContext, after: string | null | undefined) {
    return this.kit.streams.subscribe(`notes:${requireUser(context.caller).organisationId}`, after ?? null);
  }
}

/** A small subgraph that shows every mechanism of the kit at work. */
export const exampleSubgraph = (parts: Partial<ReturnType<SubgraphDefinition["parts"]>> = {}): SubgraphDefinition => ({
  name: "example",
  migrations: fileURLToPath(new URL("../../../../../drizzle/example", import.meta.url)),
  laws: {},
  personalData: new PersonalData({ note: { none: "notes of an organisation" } }),
  parts: (kit) => ({
    ...parts,
    resolvers: [new NoteResolver(kit), ...(parts.resolvers ?? [])],
    references: { Note: ({ id }, context) => context.loader(notesById).load(id), ...parts.references },
  }),
});
