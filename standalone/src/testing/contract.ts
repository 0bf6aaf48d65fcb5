import {
  ConflictFault,
  Fault,
  InvalidInputFault,
  NotFoundFault,
  RateLimitedFault,
  type SubgraphParts,
  UnavailableFault,
} from "@tollgate/kit";
import {
  Arg,
  BigIntScalar,
  Ctx,
  DateTime,
  Directive,
  Field,
  Float,
  graphEnum,
  ID,
  Int,
  JsonScalar,
  Mutation,
  ObjectType,
  type OperationContext,
  Query,
  Resolver,
  Root,
  type SubscribeArguments,
  Subscription,
} from "@tollgate/kit/graphql";

const Size = graphEnum("Size", "Of a thing.", "SMALL", "LARGE");

/** Everything that a transport could spoil on its way, as values. */
@Directive('@key(fields: "id")')
@ObjectType()
class Thing {
  @Field(() => ID)
  id: string;

  @Field(() => DateTime, { nullable: true })
  at: Date | null = new Date("2026-02-28T23:59:59.007Z");

  @Field(() => BigIntScalar)
  big = 2n ** 64n + 1n;

  @Field(() => Size)
  size = "LARGE";

  @Field(() => Float)
  ratio = 0.1 + 0.2;

  @Field(() => String)
  text = 'Ünïcode ✓ 👍 \u2028 "quoted" \\ \0';

  @Field(() => [String], { nullable: "itemsAndList" })
  words: (string | null)[] | null = ["one", null, ""];

  @Field(() => String)
  broken(): string {
    throw new Error("a secret host 10.0.0.1");
  }

  constructor(id: string) {
    this.id = id;
  }
}

@ObjectType()
class Tick {
  @Field(() => String)
  cursor: string;

  @Field(() => BigIntScalar)
  big: bigint;

  @Field(() => String, { nullable: true })
  sometimes(@Root() tick: Tick): string | null {
    if (tick.big === 2n) throw new NotFoundFault("tick", tick.cursor);
    return tick.big === 1n ? null : "there";
  }
}

const FAULTS: Record<string, () => Error> = {
  notFound: () => new NotFoundFault("thing", "x"),
  conflict: () => new ConflictFault("It is there already."),
  invalid: () => new InvalidInputFault([{ path: ["a", "0"], reason: "TOO_SHORT", message: "Too short." }]),
  limited: () => new RateLimitedFault(7),
  unavailable: () => new UnavailableFault(),
  funds: () => new Fault("INSUFFICIENT_FUNDS", "There is not enough."),
  unexpected: () => new Error("a secret host 10.0.0.1"),
};

@Resolver()
class ContractResolver {
  @Query(() => Thing, { nullable: true })
  thing(@Arg("id", () => ID) id: string): Thing | null {
    return id === "none" ? null : new Thing(id);
  }

  @Query(() => [Thing], { nullable: "itemsAndList" })
  things(): (Thing | null)[] {
    return [new Thing("1"), null, Object.assign(new Thing("3"), { at: null, words: null })];
  }

  @Query(() => JsonScalar, { nullable: true })
  echo(
    @Arg("at", () => DateTime, { nullable: true }) at: Date | undefined,
    @Arg("big", () => BigIntScalar, { nullable: true }) big: bigint | undefined,
    @Arg("size", () => Size, { nullable: true }) size: string | undefined,
    @Arg("list", () => [Int], { nullable: true }) list: number[] | undefined,
  ) {
    return { at: at instanceof Date ? at.toISOString() : null, big: typeof big, next: big && big + 1n, size, list };
  }

  @Query(() => JsonScalar, { nullable: true })
  caller(@Ctx() { caller, refreshToken }: OperationContext) {
    const { requestId, address, userAgent, locale, narrowedOrganisationId, minimumTenancyVersion } = caller;
    const who =
      caller.kind === "USER" ? [caller.userId, caller.sessionId, [...caller.permissions].sort()] : caller.kind;
    const isDeadlineNear = caller.deadline !== null && caller.deadline - Date.now() < 60_000;
    const told = { requestId, address, userAgent, locale, narrowedOrganisationId, minimumTenancyVersion };
    return { ...told, refreshToken, who, isDeadlineNear };
  }

  @Query(() => Int, { nullable: true })
  fail(@Arg("how", () => String) how: string): number {
    throw FAULTS[how]?.() ?? new Error("unknown");
  }

  @Query(() => Int)
  failWhole(): number {
    throw new NotFoundFault("thing", "x");
  }

  /** Longer than anybody waits. */
  @Query(() => Int, { nullable: true })
  async slow(@Ctx() context: OperationContext): Promise<number> {
    await context.read((tx) => tx.sql`select pg_sleep(20)`);
    return 1;
  }

  @Mutation(() => Int, { nullable: true })
  session(@Ctx() context: OperationContext): number {
    context.extensions.session = {
      accessToken: "a",
      accessTokenExpiresAt: 1,
      refreshToken: "r",
      refreshTokenExpiresAt: 2,
    };
    context.extensions.tenancyVersion = "12345678901234567890";
    return 1;
  }

  @Subscription(() => Tick, {
    subscribe: ({ args }: SubscribeArguments<{ count: number; after?: string }>) => ticks(args.count, args.after),
  })
  ticks(
    @Root() tick: Tick,
    @Arg("count", () => Int) _count: number,
    @Arg("after", () => String, { nullable: true }) _after?: string,
  ): Tick {
    return Object.assign(new Tick(), tick);
  }

  @Subscription(() => Tick, { subscribe: () => refusedTicks() })
  refused(@Root() tick: Tick): Tick {
    return tick;
  }
}

async function* ticks(count: number, after?: string) {
  const first = after === undefined || after === null ? 0 : Number(after) + 1;
  for (let number = first; number < count; number += 1) yield { cursor: String(number), big: BigInt(number) };
}

const refusedTicks = (): AsyncIterable<Tick> => {
  throw new ConflictFault("Not while this lasts.");
};

/** A subgraph of everything that must look the same over every transport. */
export const contractParts = (): Partial<SubgraphParts> => ({
  resolvers: [new ContractResolver()],
  references: { Thing: ({ id }) => (id === "none" ? null : { ...new Thing(id) }) },
});
