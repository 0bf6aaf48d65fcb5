import type { GraphQLDataSource } from "@apollo/gateway";
import type { SubgraphResponse } from "@tollgate/kit/protocol";

/** Answers the first fetch of a plan with an event, and leaves later ones to the subgraph itself. */
export class EventSource implements GraphQLDataSource {
  private event: SubgraphResponse | null;

  constructor(
    event: SubgraphResponse,
    private readonly later: GraphQLDataSource,
  ) {
    this.event = event;
  }

  async process(options: Parameters<GraphQLDataSource["process"]>[0]): ReturnType<GraphQLDataSource["process"]> {
    const { event } = this;
    if (!event) return await this.later.process(options);
    this.event = null;
    // The executor merges the others' fields into what it gets: the subgraph's own objects stay as they are.
    return { data: structuredClone(event.data), errors: event.errors };
  }
}
