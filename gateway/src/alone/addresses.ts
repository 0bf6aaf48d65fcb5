import { type EnumValueDefinitionNode, Kind, parse } from "graphql";
import { isAddress } from "./arguments.js";

/** Some subgraphs have no address; the message names all of them. */
export class AddressesError extends Error {
  override name = "AddressesError";
}

/**
 * Where the subgraphs of a supergraph are: as told, else as its file says.
 * @throws AddressesError when a subgraph has no usable address, or something is told of one that is not there
 * @throws GraphQLError when the text is no GraphQL
 */
export function addressesOf(sdl: string, told: ReadonlyMap<string, string>): Map<string, string> {
  const written = writtenAddresses(sdl);
  const found = new Map<string, string>();
  const problems: string[] = [];
  for (const [name, url] of written) {
    const address = told.get(name) ?? url;
    if (isAddress(address)) found.set(name, address);
    else problems.push(`${name}: the file has no http or https address for it; give --subgraph ${name}=URL`);
  }
  for (const name of told.keys()) {
    if (!written.has(name)) problems.push(`${name}: is no subgraph of it; there are ${[...written.keys()].join(", ")}`);
  }
  if (written.size === 0) problems.push("it names no subgraphs (join__Graph): it is no Federation 2 supergraph");
  if (problems.length === 0) return found;
  throw new AddressesError(`The supergraph cannot be served:\n  ${problems.join("\n  ")}`);
}

/** The addresses in a supergraph, as they are, by the names of the subgraphs. */
function writtenAddresses(sdl: string): Map<string, string> {
  const values = parse(sdl, { noLocation: true }).definitions.flatMap((definition) =>
    definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === "join__Graph"
      ? (definition.values ?? [])
      : [],
  );
  return new Map(values.map((value) => [argument(value, "name") ?? value.name.value, argument(value, "url") ?? ""]));
}

function argument({ directives }: EnumValueDefinitionNode, name: string): string | null {
  const graph = directives?.find((directive) => directive.name.value === "join__graph");
  const value = graph?.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}
