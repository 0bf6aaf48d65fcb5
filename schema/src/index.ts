import { readFileSync } from "node:fs";

/** The composed supergraph, as it is committed. */
export const readSupergraph = (): string => readFileSync(new URL("../supergraph.graphql", import.meta.url), "utf8");

export { readTrustedDocuments } from "./trusted.js";
