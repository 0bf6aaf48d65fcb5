import { Directive, Field, Int, ObjectType } from "type-graphql";
import type { TypeClass } from "./outcome.js";
import { PageInfo } from "./types.js";

/** `XConnection` and `XEdge` of a node type; with `totalCount` only where counting is cheap. */
export const connectionType = (
  name: string,
  node: () => TypeClass,
  options: { totalCount: boolean; shareable?: boolean },
) => {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => String)
    cursor: string;

    @Field(node as never) // TypeGraphQL describes the thunks of types less widely than it accepts them
    node: object;
  }

  @ObjectType(`${name}Connection`)
  class Connection {
    @Field(() => [Edge])
    edges: Edge[];

    @Field((() => [node()]) as never)
    nodes: object[];

    @Field(() => PageInfo)
    pageInfo: PageInfo;

    count?: () => Promise<number>;

    async totalCount(): Promise<number | null> {
      return (await this.count?.()) ?? null;
    }
  }
  if (options.shareable) for (const type of [Edge, Connection]) Directive("@shareable")(type);
  if (options.totalCount) {
    const value: Connection["totalCount"] = Connection.prototype.totalCount;
    Field(() => Int, { nullable: true })(Connection.prototype, "totalCount", { value });
  }
  return Connection;
};
