import type { Connection } from "@tollgate/kit";
import { ArgsType, Field, Int } from "@tollgate/kit/graphql";

/** A list of the estate: twenty at a time unless asked otherwise. */
export const LISTED = '@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])';

/** Which page of a list; each list adds its own filter. */
@ArgsType()
export class ListArguments {
  @Field(() => Int, { nullable: true, defaultValue: 20 })
  first?: number | null;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

/** The same page with its rows turned into what the graph shows. */
export const shown = <Row, Shown>(connection: Connection<Row>, show: (row: Row) => Shown): Connection<Shown> => ({
  ...connection,
  edges: connection.edges.map(({ cursor, node }) => ({ cursor, node: show(node) })),
  nodes: connection.nodes.map(show),
});
