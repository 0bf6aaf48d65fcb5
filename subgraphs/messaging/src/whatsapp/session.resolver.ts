import {
  callerWith,
  holds,
  mapped,
  organisationReferences,
  type Sealer,
  type SubgraphKit,
  type Tx,
} from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Int,
  type OperationContext,
  Query,
  Resolver,
  Root,
  type SubscribeArguments,
  Subscription,
} from "@tollgate/kit/graphql";
import { queuedOf } from "../conversations/queue.js";
import { unreadConversationsOf } from "../conversations/reading.js";
import { coldContactsLeft } from "../conversations/sending.js";
import { Organisation } from "../entities.js";

import { activeOrganisations } from "../people/organisations.js";
import type { SessionLimits } from "./limits.js";
import type { SessionRow } from "./session.schema.js";
import { stateOf, WhatsApp, WhatsAppSession, WhatsAppState } from "./session.types.js";
import { openCode, requireSession, sessionsById, sessionsOf } from "./sessions.js";
import { sessionTopic } from "./states.js";

@Resolver(() => WhatsAppSession)
export class WhatsAppSessionResolver {
  @Directive('@requiresScopes(scopes: [["whatsapp:read"]])')
  @Query(() => WhatsAppSession, { nullable: true })
  async whatsappSession(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<SessionRow> {
    return requireSession(id, await context.loader(sessionsById).load(id.toLowerCase()));
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() session: SessionRow): Organisation {
    return { id: session.organisationId };
  }

  @FieldResolver(() => Int)
  async queuedMessages(@Root() session: SessionRow, @Ctx() context: OperationContext): Promise<number> {
    return (await context.loader(queuedOf).load(session.id)) ?? 0;
  }
}

@Resolver()
export class WhatsAppStateResolver {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly sealer: Sealer,
  ) {}

  @Directive('@requiresScopes(scopes: [["whatsapp:read"]])')
  @Directive('@tag(name: "newest-wins")')
  @Subscription(() => WhatsAppState as never, {
    description: "The session's state, first as it is now; QR and pairing code only for whatsapp:manage. Newest wins.",
    subscribe: ({ args, context }: SubscribeArguments<{ id: string }>) =>
      context.resolver(WhatsAppStateResolver).states(context, args.id),
  })
  whatsappSession(@Root() state: object, @Arg("id", () => ID) _id: string): object {
    return state;
  }

  /** @throws NotFoundFault for a session outside the estate. */
  async states(context: OperationContext, given: string): Promise<AsyncIterableIterator<object>> {
    const id = given.toLowerCase();
    // A stream outlives the deadline of the request that opened it.
    const caller = callerWith(context.caller, { deadline: null });
    const read = () => this.kit.database.read(caller, async (tx) => (await sessionsById(tx, [id])).get(id));
    requireSession(given, await read());
    let shown = -1;
    const show = (session: SessionRow | undefined): object | null => {
      if (!session || session.revision === shown) return null;
      shown = session.revision;
      return stateOf(session, holds(caller, "whatsapp:manage") ? openCode(session, this.sealer) : null);
    };
    return mapped(this.kit.streams.subscribe(sessionTopic(id), null), {
      first: async () => show(requireSession(given, await read())) ?? {},
      // What is shown is the state as it is by now, however many changes there were: the newest wins.
      each: async () => show(await read()),
    });
  }
}

@Resolver(() => WhatsApp)
export class WhatsAppResolver {
  constructor(private readonly clock: () => Date) {}

  @FieldResolver(() => Boolean)
  async enabled(@Root() whatsapp: WhatsApp, @Ctx() context: OperationContext): Promise<boolean> {
    return (await context.loader(activeOrganisations).load(whatsapp.organisationId)) ?? false;
  }

  @FieldResolver(() => [WhatsAppSession])
  async sessions(@Root() whatsapp: WhatsApp, @Ctx() context: OperationContext): Promise<SessionRow[]> {
    return (await context.loader(sessionsOf).load(whatsapp.organisationId)) ?? [];
  }

  @FieldResolver(() => Int)
  async unreadConversations(@Root() whatsapp: WhatsApp, @Ctx() context: OperationContext): Promise<number> {
    return (await context.loader(unreadConversationsOf).load(whatsapp.organisationId)) ?? 0;
  }

  @FieldResolver(() => Int)
  async coldContactsLeftToday(@Root() whatsapp: WhatsApp, @Ctx() context: OperationContext): Promise<number> {
    return (await context.loader(this.coldContactsLeft).load(whatsapp.organisationId)) ?? 0;
  }

  private readonly coldContactsLeft = (tx: Tx, ids: readonly string[]) => coldContactsLeft(tx, ids, this.clock());
}

@Resolver(() => Organisation)
export class OrganisationWhatsAppResolver {
  constructor(private readonly sessionLimits: SessionLimits) {}

  @Directive('@requiresScopes(scopes: [["whatsapp:read"]])')
  @FieldResolver(() => WhatsApp, { nullable: true, description: "WhatsApp of the organisation itself." })
  async whatsapp(@Root() organisation: Organisation, @Ctx() context: OperationContext): Promise<WhatsApp | null> {
    const known = await context.loader(organisationReferences).load(organisation.id);
    if (!known) return null;
    const sessionLimit = await context.loader(this.sessionLimits).load(known.id);
    return { organisationId: known.id, sessionLimit: sessionLimit ?? 0 };
  }
}
