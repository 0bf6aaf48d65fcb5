import { organisationInScope } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  FieldResolver,
  Int,
  type OperationContext,
  Query,
  Resolver,
  Root,
} from "@tollgate/kit/graphql";
import { User } from "../members/members.types.js";
import { organisationsById } from "../tree/tree.js";
import { Organisation } from "../tree/tree.types.js";
import { type AuditRow, auditEntries } from "./audit.js";
import { AuditEntry, AuditEntryConnection, AuditFilter } from "./audit.types.js";

@Resolver(() => AuditEntry)
export class AuditResolver {
  @Directive('@requiresScopes(scopes: [["audit:read"]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => AuditEntryConnection, { nullable: true, description: "Audit trail of the estate, newest first." })
  auditEntries(
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("filter", () => AuditFilter, { nullable: true }) filter?: AuditFilter,
  ) {
    return context.read(async (tx) => {
      if (filter?.organisationId) await organisationInScope(tx, filter.organisationId);
      return auditEntries(tx, { first, after }, filter ?? {});
    });
  }

  @FieldResolver(() => Organisation, { nullable: true })
  organisation(@Root() entry: AuditRow, @Ctx() context: OperationContext) {
    return context.loader(organisationsById).load(entry.organisationId);
  }

  @FieldResolver(() => User, { nullable: true })
  user(@Root() entry: AuditRow) {
    return entry.actorKind === "USER" && entry.actorId !== null ? { id: entry.actorId } : null;
  }
}
