import { Directive, Field, ObjectType } from "type-graphql";
import { DateTime, UrlScalar } from "./scalars.js";
import { graphEnum } from "./types.js";

export const DownloadFormat = graphEnum("DownloadFormat", "JSON_LINES is one object a line.", "CSV", "JSON_LINES");

@Directive("@shareable")
@ObjectType({ description: "A signed link that streams a file to the one who asked." })
export class Download {
  @Field(() => UrlScalar)
  url: string;

  @Field(() => String)
  contentType: string;

  @Field(() => DateTime)
  expiresAt: Date;
}
