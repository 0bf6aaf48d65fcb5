import { createHash } from "node:crypto";
import { type Schema, Supergraph } from "@apollo/federation-internals";
import { QueryPlanner } from "@apollo/query-planner";
import { type GraphQLSchema, parse } from "graphql";
import { type Costs, readCosts } from "./costs.js";
import { readNotes, type SchemaNotes } from "./directives.js";
import { dropEnforcedSecurityMarks } from "./security-links.js";

/** A supergraph ready to plan and answer with. */
export interface LoadedSupergraph {
  /** Differs when the SDL does. */
  id: string;
  sdl: string;
  /** What clients see: validation and introspection. */
  apiSchema: GraphQLSchema;
  /** The same in the planner's own form. */
  plannerApi: Schema;
  /** With everything inaccessible and the join directives: keys and rewrites are read with it. */
  fullSchema: GraphQLSchema;
  planner: QueryPlanner;
  notes: SchemaNotes;
  costs: Costs;
  /** Names of the subgraphs it was composed of. */
  subgraphs: readonly string[];
}

/**
 * Builds schemas and planner from a Federation 2 supergraph.
 * @throws when the SDL does not parse, is no supergraph, or needs a security feature that nobody here enforces.
 */
export function loadSupergraph(sdl: string): LoadedSupergraph {
  const document = parse(sdl, { noLocation: true });
  const supergraph = Supergraph.build(dropEnforcedSecurityMarks(document));
  const plannerApi = supergraph.apiSchema();
  return {
    id: createHash("sha256").update(sdl).digest("hex").slice(0, 16),
    sdl,
    apiSchema: plannerApi.toGraphQLJSSchema(),
    plannerApi,
    fullSchema: supergraph.schema.toGraphQLJSSchema(),
    // Subgraphs in process get the planner's documents as they are, parsed once a plan.
    planner: new QueryPlanner(supergraph, { exposeDocumentNodeInFetchNode: true }),
    notes: readNotes(document),
    costs: readCosts(document),
    subgraphs: supergraph.subgraphsMetadata().map((subgraph) => subgraph.name),
  };
}
