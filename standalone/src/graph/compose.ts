import { composeServices } from "@apollo/composition";
import { Supergraph } from "@apollo/federation-internals";
import { parse, print, printSchema, visit } from "graphql";

/**
 * The supergraph of these subgraphs.
 * @throws with all errors of the composition; hints count as errors, because none has been needed so far.
 */
export const composeSupergraph = (subgraphs: readonly { name: string; sdl: string }[]): string => {
  const services = subgraphs.map(({ name, sdl }) => ({
    name,
    typeDefs: parse(sdl),
    url: `http://${name}.invalid/graphql`,
  }));
  const { errors, hints, supergraphSdl } = composeServices(services);
  const problems = [...(errors ?? []), ...(hints ?? [])].map((problem) => problem.message);
  if (problems.length > 0 || supergraphSdl === undefined)
    throw new Error(`The graph does not compose:\n  ${problems.join("\n  ")}`);
  return `${withoutSecurityMarks(supergraphSdl)}\n`;
};

/** The gateway enforces these directives itself; its planner's library refuses a supergraph that says somebody must. */
const withoutSecurityMarks = (supergraphSdl: string): string =>
  print(
    visit(parse(supergraphSdl), {
      Directive: (node) => {
        const address = node.arguments?.find((argument) => argument.name.value === "url")?.value;
        const isSecurity =
          address?.kind === "StringValue" && /\/(authenticated|requiresScopes|policy)\//.test(address.value);
        if (node.name.value !== "link" || !isSecurity) return undefined;
        return { ...node, arguments: node.arguments?.filter((argument) => argument.name.value !== "for") };
      },
    }),
  );

/** What clients see of a supergraph, without Federation's own parts. */
export const apiSchemaOf = (supergraphSdl: string): string =>
  `${printSchema(Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema())}\n`;
