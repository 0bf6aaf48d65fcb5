import { type EnclosedOperation, enclose, type SubgraphRequest } from "@tollgate/kit/protocol";
import { type DocumentNode, print } from "graphql";

/** Documents of plans live as long as their plan; those that no longer are what they were parsed from are printed once. */
const printed = new WeakMap<DocumentNode, string>();

/** What a document was parsed from, or is printed as. */
export const textOf = (document: DocumentNode): string => {
  // The very text, so that the places in errors are the same as in process.
  if (document.loc) return document.loc.source.body;
  const known = printed.get(document);
  if (known !== undefined) return known;
  const text = print(document);
  printed.set(document, text);
  return text;
};

/** An operation with all that its subgraph must know beside it. */
export const enclosed = ({ document, operationName, variables, caller }: SubgraphRequest): EnclosedOperation => ({
  query: textOf(document),
  ...(operationName === undefined ? {} : { operationName }),
  ...(variables === undefined ? {} : { variables }),
  extensions: { tollgate: enclose(caller) },
});
