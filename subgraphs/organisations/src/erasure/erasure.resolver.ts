import { once, requireId, requirePerson } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  Field,
  ID,
  InputType,
  Mutation,
  type OperationContext,
  outcome,
  Resolver,
} from "@tollgate/kit/graphql";
import { organisationById } from "../tree/tree.js";
import { Organisation, OrganisationResult } from "../tree/tree.types.js";
import { eraseOrganisation } from "./erasure.js";

@InputType()
export class EraseOrganisationInput {
  @Field(() => ID)
  organisationId: string;

  @Field(() => String)
  reason: string;

  @Field(() => String)
  idempotencyKey: string;
}

@Resolver(() => Organisation)
export class ErasureResolver {
  @Directive('@requiresScopes(scopes: [["organisation:erase"]])')
  @Mutation(() => OrganisationResult as never, {
    nullable: true,
    description:
      "Of a CLOSED one: pseudonymises its people and contacts in all five subgraphs; ledger, invoices and audit trail stay.",
  })
  eraseOrganisation(
    @Arg("input", () => EraseOrganisationInput) input: EraseOrganisationInput,
    @Ctx() context: OperationContext,
  ) {
    const { idempotencyKey: key, ...wish } = input;
    requirePerson(context.caller);
    const claim = { key, operation: "eraseOrganisation", input: wish };
    return outcome(OrganisationResult, async () => {
      const organisationId = requireId("organisation", wish.organisationId);
      const id = await context.write((tx) =>
        once(tx, claim, new Date(), () => eraseOrganisation(tx, organisationId, wish.reason)),
      );
      return context.read((tx) => organisationById(tx, id));
    });
  }
}
