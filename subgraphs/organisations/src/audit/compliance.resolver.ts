import { homeOrganisation, requireId } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  ID,
  type OperationContext,
  PeriodInput,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { User } from "../members/members.types.js";
import { organisationsById } from "../tree/tree.js";
import { Organisation } from "../tree/tree.types.js";
import { complianceReport } from "./compliance.js";
import { ComplianceReport, PersonActivity } from "./compliance.types.js";

@Resolver(() => ComplianceReport)
class ReportResolver {
  @Directive('@requiresScopes(scopes: [["audit:read"]])')
  @Directive("@cost(weight: 100)")
  @Query(() => ComplianceReport, { nullable: true })
  complianceReport(
    @Arg("period", () => PeriodInput) period: PeriodInput,
    @Ctx() context: OperationContext,
    @Arg("organisationId", () => ID, { nullable: true }) organisationId?: string,
  ) {
    const id = requireId("organisation", organisationId ?? homeOrganisation(context.caller));
    return context.read((tx) => complianceReport(tx, id, period));
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() { organisationId }: ComplianceReport, @Ctx() context: OperationContext) {
    return context.loader(organisationsById).load(organisationId);
  }
}

@Resolver(() => PersonActivity)
class ActivityResolver {
  @FieldResolver(() => User, { nullable: true })
  user(@Root() { userId }: PersonActivity): User {
    return { id: userId };
  }
}

export const complianceResolvers = (): object[] => [new ReportResolver(), new ActivityResolver()];
