import type { Sealer } from "@tollgate/kit";
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
import type { Archives } from "./archive.js";
import { newestExport, ownExport, requestExport, stateOf } from "./exports.js";
import type { DataExportRow } from "./exports.schema.js";
import { DataExport, ExportMyDataInput, ExportMyDataResult } from "./exports.types.js";

@Resolver(() => DataExport)
export class ExportsResolver {
  constructor(
    private readonly archives: Archives,
    private readonly sealer: Sealer,
    private readonly clock: () => Date,
  ) {}

  @Directive("@authenticated")
  @Directive('@tag(name: "per-person")')
  @Query(() => DataExport, { nullable: true, description: "State of one's own data export." })
  async dataExport(@Arg("id", () => ID) id: string, @Ctx() context: OperationContext): Promise<DataExport> {
    return this.shown(await context.readOwn((tx) => ownExport(tx, id)));
  }

  @Directive("@authenticated")
  @Directive('@tag(name: "per-person")')
  @Query(() => DataExport, { nullable: true, description: "The newest archive that one asked for." })
  async myDataExport(@Ctx() context: OperationContext): Promise<DataExport | null> {
    const row = await context.readOwn(newestExport);
    return row && this.shown(row);
  }

  @Directive("@authenticated")
  @Mutation(() => ExportMyDataResult as never, {
    nullable: true,
    description: "Gathers everything kept about oneself in all five subgraphs into one JSON archive.",
  })
  exportMyData(
    @Arg("input", () => ExportMyDataInput) { idempotencyKey }: ExportMyDataInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(ExportMyDataResult, async () => {
      const id = await context.writeOwn((tx) => requestExport(tx, idempotencyKey, this.sealer, this.clock()));
      return this.shown(await context.readOwn((tx) => ownExport(tx, id)));
    });
  }

  private shown(row: DataExportRow): DataExport {
    const { id, requestedAt, expiresAt } = row;
    const state = stateOf(row, this.clock());
    return { id, state, requestedAt, expiresAt, download: state === "READY" ? this.archives.link(row) : null };
  }
}
