import { requireUser } from "@tollgate/kit";
import {
  Arg,
  Ctx,
  Directive,
  Download,
  DownloadFormat,
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
import type { AuditDownloads } from "./download.js";
import { hashesOf } from "./sealing.js";

@Resolver(() => AuditEntry)
export class AuditResolver {
  constructor(private readonly downloads: AuditDownloads) {}

  @Directive('@requiresScopes(scopes: [["audit:read"]])')
  @Directive('@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])')
  @Query(() => AuditEntryConnection, { nullable: true, description: "Audit trail of the estate, newest first." })
  auditEntries(
    @Ctx() context: OperationContext,
    @Arg("first", () => Int, { nullable: true, defaultValue: 20 }) first: number,
    @Arg("after", () => String, { nullable: true }) after?: string,
    @Arg("filter", () => AuditFilter, { nullable: true }) filter?: AuditFilter,
  ) {
    return context.read((tx) => auditEntries(tx, { first, after }, filter ?? {}));
  }

  @Directive('@requiresScopes(scopes: [["audit:export"]])')
  @Directive('@tag(name: "per-person")')
  @Directive("@cost(weight: 50)")
  @Query(() => Download, {
    nullable: true,
    description: "A link to the whole of what a filter finds, for some minutes.",
  })
  async auditDownload(
    @Arg("format", () => DownloadFormat) format: keyof typeof DownloadFormat,
    @Ctx() context: OperationContext,
    @Arg("filter", () => AuditFilter, { nullable: true }) filter?: AuditFilter,
  ) {
    const caller = requireUser(context.caller);
    return await context.read((tx) => this.downloads.link(tx, caller, { filter: { ...filter } }, format));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "Hex SHA-256 over the entry and the hash before it; null for the second until it has its place.",
  })
  hash(@Root() entry: AuditRow, @Ctx() context: OperationContext) {
    return context.loader(hashesOf).load(entry.id);
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
