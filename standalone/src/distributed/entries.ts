import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SubgraphName } from "@tollgate/kit/protocol";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const [folder, ending] = import.meta.url.endsWith(".ts") ? ["src", "ts"] : ["dist", "js"];

/** The entries of all processes: built ones beside a built one, sources beside a source. */
export const subgraphEntry = (name: SubgraphName): string => join(root, "subgraphs", name, folder, `main.${ending}`);
export const gatewayEntry = join(root, "gateway", folder, "tollgate", `main.${ending}`);
export const preparationEntry = join(dirname(fileURLToPath(import.meta.url)), `prepare.${ending}`);
