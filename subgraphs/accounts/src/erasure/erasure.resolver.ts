import { once, organisationInScope, type Sealer } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  Int,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { userById, usersById } from "../users/users.js";
import { User } from "../users/users.types.js";
import { confirmationsOf, eraseUser, erasuresOf } from "./erasure.js";
import type { ErasureRow } from "./erasure.schema.js";
import { EraseUserInput, EraseUserResult, Erasure, ErasureConfirmation, ErasureConnection } from "./erasure.types.js";

const ERASES = '@requiresScopes(scopes: [["user:erase"]])';

@Resolver(() => Erasure)
export class ErasureResolver {
  constructor(
    private readonly sealers: { sealer: Sealer; atRest: Sealer },
    private readonly clock: () => Date,
  ) {}

  @Directive(ERASES)
  @Mutation(() => EraseUserResult as never, {
    nullable: true,
    description:
      "Pseudonymises a user in all five subgraphs for good; ledger, invoices and audit trail stay without the person.",
  })
  eraseUser(@Arg("input", () => EraseUserInput) input: EraseUserInput, @Ctx() context: OperationContext) {
    const { idempotencyKey: key, ...wish } = input;
    return outcome(EraseUserResult, async () => {
      const now = this.clock();
      const claim = { key, operation: "eraseUser", input: wish };
      const id = await context.write((tx) => once(tx, claim, now, () => eraseUser(tx, wish, { ...this.sealers, now })));
      return context.read((tx) => userById(tx, id));
    });
  }

  @Directive(ERASES)
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => ErasureConnection, {
    nullable: true,
    description: "Erasures of the estate with what each subgraph has confirmed, newest first.",
  })
  erasures(
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("organisationId", () => ID, { nullable: true }) organisationId?: string,
    @Arg("openOnly", () => Boolean, { nullable: true }) openOnly?: boolean,
  ) {
    return context.read(async (tx) => {
      if (organisationId) await organisationInScope(tx, organisationId);
      return erasuresOf(tx, { first, after }, { organisationId, openOnly });
    });
  }

  @FieldResolver(() => User, { nullable: true })
  requestedBy(@Root() { requestedBy }: ErasureRow, @Ctx() context: OperationContext) {
    return requestedBy === null ? null : context.loader(usersById).load(requestedBy);
  }

  @FieldResolver(() => [ErasureConfirmation])
  async confirmations(@Root() { id }: ErasureRow, @Ctx() context: OperationContext) {
    return (await context.loader(confirmationsOf).load(id)) ?? [];
  }
}
