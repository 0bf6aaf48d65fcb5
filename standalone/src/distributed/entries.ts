import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SubgraphName } from "@tollgate/kit/protocol";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The programs of all processes, and how Node runs them. */
export interface Entries {
  gateway: string;
  subgraph: (name: SubgraphName) => string;
  preparation: string;
  /** Node's own arguments. */
  argv: readonly string[];
  environment: Readonly<Record<string, string>>;
}

const entriesOf = (folder: "src" | "dist", ending: "ts" | "js", argv: string[], environment = {}): Entries => ({
  gateway: join(root, "gateway", folder, "tollgate", `main.${ending}`),
  subgraph: (name) => join(root, "subgraphs", name, folder, `main.${ending}`),
  preparation: join(root, "standalone", folder, "distributed", `prepare.${ending}`),
  argv: ["--enable-source-maps", ...argv],
  environment,
});

export const builtEntries = entriesOf("dist", "js", []);

const sourceEntries = entriesOf("src", "ts", ["--conditions=tollgate-src", "--import", "tsx"], {
  TSX_TSCONFIG_PATH: join(root, "tsconfig.base.json"),
});

/** Built programs beside a built one, sources beside a source. */
export const ownEntries = import.meta.url.endsWith(".ts") ? sourceEntries : builtEntries;
