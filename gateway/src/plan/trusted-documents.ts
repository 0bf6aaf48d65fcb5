import { createHash } from "node:crypto";
import { type ASTVisitor, type DocumentNode, Kind, parse, print, visit } from "graphql";

/**
 * Documents that were registered when their client was built. A client's text counts as registered when it asks the
 * same: the order of its fragments, its spaces, and the `__typename` fields that clients add make no difference.
 */
export class TrustedDocuments {
  private readonly known: ReadonlySet<string>;

  /** @param texts by their SHA-256, which clients may send in their place */
  constructor(readonly texts: ReadonlyMap<string, string>) {
    this.known = new Set([...texts.values()].map((text) => fingerprint(parse(text, { noLocation: true }))));
  }

  has(document: DocumentNode): boolean {
    return this.known.has(fingerprint(document));
  }
}

const withoutTypenames: ASTVisitor = {
  enter: (node) => (node.kind === Kind.FIELD && node.name.value === "__typename" && !node.alias ? null : undefined),
};

function fingerprint(document: DocumentNode): string {
  const bare = visit(document, withoutTypenames);
  const definitions = bare.definitions
    .map((definition) => ({ isFragment: definition.kind === Kind.FRAGMENT_DEFINITION, text: print(definition) }))
    .sort((a, b) => Number(a.isFragment) - Number(b.isFragment) || (a.text < b.text ? -1 : 1));
  const hash = createHash("sha256");
  for (const { text } of definitions) hash.update(`${text}\n`);
  return hash.digest("base64");
}
