import { parse } from "graphql";
import type { Question } from "./asked.js";
import { requestOf } from "./asking.js";
import type { Asker } from "./callers.js";
import type { Graph } from "./graph.js";
import type { World } from "./world.js";

/** A subscription that somebody has opened, with all that it was told. */
export class Listener {
  readonly heard: string[] = [];
  private readonly events: AsyncIterableIterator<unknown>;
  private readonly ended: Promise<void>;

  /** @param isShared as one of several who share the stream, none of whom is known. */
  constructor(
    world: World,
    graph: Graph,
    readonly who: Asker,
    readonly question: Question,
    isShared = false,
  ) {
    const { field, document, variables } = question;
    const subgraph = world.subgraphs[graph.ownerOf("Subscription", field.name)];
    const caller = requestOf(who);
    const { claims } = caller;
    const scope = claims && { org: claims.org, kind: claims.kind, permissions: claims.permissions };
    this.events = subgraph.subscribe({
      document: parse(document),
      variables,
      caller: isShared ? { ...caller, claims: null, scope } : caller,
    });
    this.ended = this.listen();
  }

  get text(): string {
    return this.heard.join("\n");
  }

  async close(): Promise<void> {
    await this.events.return?.();
    await this.ended;
  }

  private async listen(): Promise<void> {
    for await (const event of this.events) this.heard.push(JSON.stringify(event));
  }
}
