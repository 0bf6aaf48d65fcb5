import { type DirectiveNode, type DocumentNode, visit } from "graphql";

const enforcedHere = /\/(authenticated|requiresScopes)\//;

/**
 * Takes the `for: SECURITY` mark from the `@link`s of @authenticated and @requiresScopes. Apollo's planner refuses a
 * supergraph with the mark, because it cannot enforce what the directives promise; this gateway enforces them itself.
 * Any other marked link keeps its mark, so that a feature nobody enforces is still refused.
 */
export function dropEnforcedSecurityMarks(supergraph: DocumentNode): DocumentNode {
  return visit(supergraph, {
    Directive(node: DirectiveNode) {
      if (node.name.value !== "link" || !enforcedHere.test(linkUrl(node))) return undefined;
      return { ...node, arguments: node.arguments?.filter((argument) => argument.name.value !== "for") };
    },
  });
}

/** The `url` of a `@link`, or an empty string. */
export function linkUrl(link: DirectiveNode): string {
  const url = link.arguments?.find((argument) => argument.name.value === "url")?.value;
  return url?.kind === "StringValue" ? url.value : "";
}
