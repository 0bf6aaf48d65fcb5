import { homeOrganisation, requireId, type SubgraphKit } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  ID,
  Mutation,
  type OperationContext,
  outcome,
  Query,
  Resolver,
} from "@tollgate/kit/graphql";
import { lastVerification, type TrailProofs, verifyNow } from "./verification.js";
import { AuditVerification, VerifyAuditTrailInput, VerifyAuditTrailResult } from "./verification.types.js";

@Resolver()
export class VerificationResolver {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly proofs: TrailProofs,
    private readonly clock: () => Date,
  ) {}

  @Directive('@requiresScopes(scopes: [["audit:read"]])')
  @Query(() => AuditVerification, {
    nullable: true,
    description:
      "What the last verification of an organisation's trail found, by night or by somebody; null before the first.",
  })
  auditVerification(
    @Arg("organisationId", () => ID, { nullable: true }) organisationId: string | undefined,
    @Ctx() context: OperationContext,
  ) {
    const id = requireId("organisation", organisationId ?? homeOrganisation(context.caller));
    return context.read((tx) => lastVerification(tx, id));
  }

  @Directive('@requiresScopes(scopes: [["audit:read"]])')
  @Directive("@cost(weight: 100)")
  @Mutation(() => VerifyAuditTrailResult as never, {
    nullable: true,
    description: "Walks the hash chain and its anchors: edits, deletions and cut tails show.",
  })
  verifyAuditTrail(
    @Arg("input", () => VerifyAuditTrailInput) input: VerifyAuditTrailInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(VerifyAuditTrailResult, async () => {
      const id = requireId("organisation", input.organisationId);
      await context.finish();
      const checked = await verifyNow(this.kit.database, context.caller, id, this.proofs, this.clock);
      context.wake();
      return checked;
    });
  }
}
