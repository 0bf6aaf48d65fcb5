// Writes schema/: the SDL of each subgraph, the supergraph composed from them and the API schema that clients see; and the
// table of permissions in docs/.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { databaseAddresses, Subgraph } from "@tollgate/kit";
import { pino } from "pino";
import { authorisationFaults } from "./graph/authorisation.js";
import { apiSchemaOf, composeSupergraph } from "./graph/compose.js";
import { SUBGRAPH_NAMES, type SubgraphName } from "./graph/names.js";
import { permissionTable } from "./graph/permission-table.js";
import { definitionsOf } from "./graph/subgraphs.js";

const folder = new URL("../../schema/", import.meta.url);
const options = { smtpUrl: null, mailFrom: "-", mailbox: true, simulate: false, sampleSeconds: 5, hostSeconds: 2 };

/** The SDL needs no database: the address is never connected to. */
const sdlOf = async (name: SubgraphName): Promise<string> => {
  const subgraph = await Subgraph.create(definitionsOf(options)[name], {
    addresses: databaseAddresses(name, "postgres://nobody@127.0.0.1:1/nowhere", null, "-"),
    connections: 1,
    masterSecret: "-",
    logger: pino({ level: "silent" }),
    tenancySource: null,
  });
  return subgraph.sdl;
};

const asked = process.argv[2] as SubgraphName | undefined;
if (asked) {
  process.stdout.write(await sdlOf(asked));
} else {
  const subgraphs: { name: SubgraphName; sdl: string }[] = [];
  for (const name of [...SUBGRAPH_NAMES].sort()) {
    const together = await sdlOf(name);
    // Made in a process of its own: what the types of one subgraph do to another's would show as a difference.
    const alone = execFileSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), name], {
      encoding: "utf8",
    });
    if (alone !== together) throw new Error(`${name} has another schema on its own than beside the others`);
    const faults = authorisationFaults(together);
    if (faults.length > 0) throw new Error(`${name} breaks the rules of authorisation:\n  ${faults.join("\n  ")}`);
    writeFileSync(new URL(`${name}.graphql`, folder), together);
    subgraphs.push({ name, sdl: together });
  }
  const supergraph = composeSupergraph(subgraphs);
  writeFileSync(new URL("supergraph.graphql", folder), supergraph);
  writeFileSync(new URL("api.graphql", folder), apiSchemaOf(supergraph));
  writeFileSync(new URL("../../docs/permissions.md", import.meta.url), permissionTable());
}
