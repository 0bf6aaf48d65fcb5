import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from "type-graphql";
import { audit } from "../audit/audit.js";
import { systemCaller } from "../caller/caller.js";
import { InvalidInputFault } from "../faults/fault.js";
import { connectionType } from "../graphql/connections.js";
import type { OperationContext } from "../graphql/context.js";
import { outcome, resultUnion } from "../graphql/outcome.js";
import { DateTime, JsonScalar } from "../graphql/scalars.js";
import { graphEnum, InvalidInputProblem, NotFoundProblem } from "../graphql/types.js";
import { parkedEvents, queueState, replayParked } from "./queue.js";

const DeadLetterKind = graphEnum("DeadLetterKind", "What was given up.", "EVENT", "JOB");

@Directive("@shareable")
@Directive('@requiresScopes(scopes: [["operations:read"]])')
@ObjectType({ description: "An event or job that was given up after its retries; secrets in payload are masked." })
class DeadLetter {
  @Field(() => ID)
  id: string;

  @Field(() => DeadLetterKind)
  kind: "EVENT" | "JOB";

  @Field(() => String)
  name: string;

  @Field(() => ID, { nullable: true })
  organisationId: string | null;

  @Field(() => Int)
  attempts: number;

  @Field(() => String)
  error: string;

  @Field(() => JsonScalar)
  payload: unknown;

  @Field(() => DateTime)
  failedAt: Date;
}

const DeadLetterConnection = connectionType("DeadLetter", () => DeadLetter, { totalCount: false, shareable: true });

@ArgsType()
class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20 })
  first?: number;

  @Field(() => String, { nullable: true })
  after?: string;
}

@Directive("@shareable")
@ObjectType({ description: "Outbox and dead letters of one subgraph, for the operator." })
class EventQueue {
  @Field(() => Int)
  pending: number;

  @Field(() => Int)
  oldestPendingSeconds: number;

  @Field(() => Int, { description: "Aggregates that wait behind a dead letter." })
  parked: number;
}

@Directive("@shareable")
@ObjectType({ description: "Dead letters put back into the queue." })
class DeadLettersReplayed {
  @Field(() => Int)
  count: number;
}

const ReplayDeadLettersResult = resultUnion(
  "ReplayDeadLettersResult",
  [DeadLettersReplayed],
  [NotFoundProblem, InvalidInputProblem],
);

/** Queues belong to no organisation: the permission is all that guards them, so they are read as the system. */
const operator = (context: OperationContext) => systemCaller("queue", context.caller);

/** `<name>Queue` and `replay<Name>DeadLetters` of one subgraph. */
export const queueResolver = (subgraph: string): object => {
  const title = subgraph.charAt(0).toUpperCase() + subgraph.slice(1);

  @InputType(`Replay${title}DeadLettersInput`)
  class ReplayInput {
    @Field(() => [ID])
    ids: string[];
  }

  @Resolver(() => EventQueue)
  class QueueResolver {
    @Directive('@requiresScopes(scopes: [["operations:read"]])')
    @Query(() => EventQueue, { name: `${subgraph}Queue`, nullable: true })
    queue(@Ctx() context: OperationContext) {
      return context.write((tx) => queueState(tx), operator(context));
    }

    @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
    @FieldResolver(() => DeadLetterConnection, { nullable: true })
    deadLetters(@Args(() => PageArgs) page: PageArgs, @Ctx() context: OperationContext) {
      return context.write((tx) => parkedEvents(tx, page), operator(context));
    }

    @Directive('@requiresScopes(scopes: [["operations:replay"]])')
    @Mutation(() => ReplayDeadLettersResult as never, { name: `replay${title}DeadLetters`, nullable: true })
    replay(@Arg("input", () => ReplayInput) input: ReplayInput, @Ctx() context: OperationContext) {
      return outcome(ReplayDeadLettersResult, async () => {
        if (input.ids.length < 1 || input.ids.length > 100) {
          throw InvalidInputFault.of("ids", "OUT_OF_RANGE", "Give 1 to 100 ids.");
        }
        const count = await context.write(async (tx) => {
          const replayed = await replayParked(tx, input.ids);
          const details = { action: "operations:replay", resource: "deadLetter", after: { ids: input.ids } };
          await audit({ ...tx, caller: context.caller }, subgraph, details);
          return replayed;
        }, operator(context));
        return { count };
      });
    }
  }
  return new QueueResolver();
};
