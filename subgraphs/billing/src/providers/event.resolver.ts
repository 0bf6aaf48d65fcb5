import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { LISTED, ListArguments, shown } from "../lists.js";
import { shownTopUp, TopUp } from "../topups/topup.types.js";
import { topUpsById } from "../topups/topup-list.js";
import {
  ProviderEvent,
  ProviderEventConnection,
  ProviderEventFilter,
  ReplayProviderEventsInput,
  ReplayProviderEventsResult,
  shownEvent,
} from "./event.types.js";
import { listEvents, requestReplay } from "./events.js";
import type { Webhooks } from "./webhooks.js";

@ArgsType()
class ProviderEventsArguments extends ListArguments {
  @Field(() => ProviderEventFilter, { nullable: true })
  filter?: ProviderEventFilter | null;
}

@Resolver(() => ProviderEvent)
export class ProviderEventResolver {
  constructor(
    private readonly clock: () => Date,
    private readonly webhooks: Webhooks,
  ) {}

  @Directive('@requiresScopes(scopes: [["providerEvent:read"]])')
  @Directive(LISTED)
  @Query(() => ProviderEventConnection, {
    nullable: true,
    description: "Webhooks as they were received, newest first.",
  })
  async providerEvents(
    @Args(() => ProviderEventsArguments) { filter, ...page }: ProviderEventsArguments,
    @Ctx() context: OperationContext,
  ) {
    return shown(await context.read((tx) => listEvents(tx, page, filter ?? {})), shownEvent);
  }

  @Directive('@requiresScopes(scopes: [["operations:replay"]])')
  @Mutation(() => ReplayProviderEventsResult as never, { nullable: true })
  replayProviderEvents(
    @Arg("input", () => ReplayProviderEventsInput) input: ReplayProviderEventsInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(ReplayProviderEventsResult, async () => {
      const ids = await context.write((tx) => requestReplay(tx, { ...input }, this.clock()));
      await this.webhooks.replay(ids);
      return { count: ids.length };
    });
  }

  @FieldResolver(() => TopUp, { nullable: true })
  async topUp(@Root() { row }: ProviderEvent, @Ctx() context: OperationContext) {
    const found = row.topUpId === null ? null : await context.loader(topUpsById).load(row.topUpId);
    return found && shownTopUp(found);
  }
}
