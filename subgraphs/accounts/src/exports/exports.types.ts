import {
  ConflictProblem,
  DateTime,
  Directive,
  Download,
  Field,
  graphEnum,
  ID,
  InputType,
  ObjectType,
  RateLimitedProblem,
  resultUnion,
} from "@tollgate/kit/graphql";
import { EXPORT_STATES } from "./exports.schema.js";

export const DataExportState = graphEnum("DataExportState", "Of a data export.", ...EXPORT_STATES);

@Directive("@authenticated")
@ObjectType({
  description: "An archive of one's own data; download is null until READY and after it expired.",
})
export class DataExport {
  @Field(() => ID)
  id: string;

  @Field(() => DataExportState)
  state: keyof typeof DataExportState;

  @Field(() => DateTime)
  requestedAt: Date;

  @Field(() => DateTime, { nullable: true, description: "When the archive is removed; of READY and EXPIRED." })
  expiresAt: Date | null;

  @Field(() => Download, { nullable: true })
  download: Download | null;
}

@InputType()
export class ExportMyDataInput {
  @Field(() => String)
  idempotencyKey: string;
}

export const ExportMyDataResult = resultUnion(
  "ExportMyDataResult",
  [DataExport],
  [ConflictProblem, RateLimitedProblem],
);
