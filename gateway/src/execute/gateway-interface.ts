import type {
  GatewayInterface,
  GatewayLoadResult,
  GatewaySchemaLoadOrUpdateCallback,
  GatewayUnsubscriber,
} from "@apollo/server-gateway-interface";
import type { GraphQLSchema } from "graphql";
import type { LoadedSupergraph } from "../supergraph/load.js";
import { OperationContext } from "./context.js";
import type { Executor } from "./execute.js";

/** Stands behind Apollo Server: gives it the schema and answers its operations; the supergraph can be replaced meanwhile. */
export class SupergraphGateway implements GatewayInterface {
  private readonly listeners = new Set<GatewaySchemaLoadOrUpdateCallback>();
  /** An operation is executed with the supergraph it was validated against, also when a newer one has come since. */
  private readonly bySchema = new WeakMap<GraphQLSchema, LoadedSupergraph>();

  constructor(
    private supergraph: LoadedSupergraph,
    private readonly executor: Executor,
  ) {
    this.bySchema.set(supergraph.apiSchema, supergraph);
  }

  get current(): LoadedSupergraph {
    return this.supergraph;
  }

  /** Serves another supergraph from the next operation on. */
  swap(next: LoadedSupergraph): void {
    this.bySchema.set(next.apiSchema, next);
    this.supergraph = next;
    for (const listener of this.listeners) this.tell(listener);
  }

  onSchemaLoadOrUpdate(listener: GatewaySchemaLoadOrUpdateCallback): GatewayUnsubscriber {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async load(): Promise<GatewayLoadResult> {
    for (const listener of this.listeners) this.tell(listener);
    return {
      executor: async ({ schema, source, document, request, context }) => {
        if (!(context instanceof OperationContext)) throw new TypeError("The operation has no context of the gateway");
        const supergraph = this.bySchema.get(schema) ?? this.supergraph;
        const variables = request.variables ?? {};
        // What was asked for: the name Apollo Server resolved is null also for one that the document does not have.
        const operationName = request.operationName ?? null;
        const explain = request.extensions?.explain === true;
        const operation = { supergraph, source, document, operationName, variables, context, explain };
        return await this.executor.execute(operation);
      },
    };
  }

  async stop(): Promise<void> {
    this.listeners.clear();
  }

  private tell(listener: GatewaySchemaLoadOrUpdateCallback): void {
    listener({ apiSchema: this.supergraph.apiSchema, coreSupergraphSdl: this.supergraph.sdl });
  }
}
