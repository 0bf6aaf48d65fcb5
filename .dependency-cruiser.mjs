// Which way the arrows run. `npm run check` also cruises scripts/checks/planted/dependencies, where each rule is broken once.
const SUBGRAPHS = "accounts|organisations|billing|telemetry|messaging";
const tests = "\\.(test|storm\\.test|browser\\.test)\\.ts$|/testing/";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-circular-imports",
      comment: "Two files that need each other are one thing, or lack a third.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-subgraph-imports-another",
      comment: "Subgraphs meet in the graph and by events, so that each can run elsewhere.",
      severity: "error",
      from: { path: `(^|/)subgraphs/(${SUBGRAPHS})/` },
      to: { path: `(^|/)subgraphs/(${SUBGRAPHS})/`, pathNot: "(^|/)subgraphs/$2/" },
    },
    {
      name: "kit-imports-nobody",
      comment: "Everybody stands on the kit.",
      severity: "error",
      from: { path: "(^|/)subgraphs/kit/" },
      to: { path: `(^|/)(subgraphs/(${SUBGRAPHS})|gateway|standalone|web|schema)/` },
    },
    {
      name: "subgraph-imports-only-the-kit",
      severity: "error",
      from: { path: `(^|/)subgraphs/(${SUBGRAPHS})/` },
      to: { path: "(^|/)(gateway|standalone|web|schema)/(src|dist)/" },
    },
    {
      name: "gateway-imports-no-subgraph",
      comment:
        "It knows subgraphs by the protocol alone; of the kit it gets `protocol`, `process`, `net` and `observe`.",
      severity: "error",
      from: { path: "(^|/)gateway/" },
      to: {
        path: "(^|/)(subgraphs|standalone|web)/",
        pathNot: "(^|/)subgraphs/kit/src/(protocol|process|net|observe)/",
      },
    },
    {
      name: "schema-imports-nobody",
      severity: "error",
      from: { path: "(^|/)schema/" },
      to: { path: "(^|/)(subgraphs|gateway|standalone|web)/" },
    },
    {
      name: "web-imports-no-server-code",
      severity: "error",
      from: { path: "(^|/)web/" },
      to: { path: "(^|/)(subgraphs|gateway|standalone)/" },
    },
    {
      name: "domain-knows-no-graphql",
      comment:
        "Rules and SQL are plain functions: only resolvers, types, loaders and a subgraph's own assembly meet GraphQL.",
      severity: "error",
      from: {
        path: `(^|/)subgraphs/(${SUBGRAPHS})/src/[^/]+/`,
        pathNot: `\\.(resolver|types|subscription|loader|loaders|scalar|enum|union|input)s?\\.ts$|/index\\.ts$|${tests}`,
      },
      to: { path: "(^|/node_modules/)(graphql|type-graphql|@apollo/[^/]+)(/|$)", pathNot: "(^|/)src/" },
    },
    {
      name: "resolvers-hold-no-sql",
      comment: "A resolver reads arguments, calls the domain and shapes the answer.",
      severity: "error",
      from: { path: "\\.resolver\\.ts$" },
      to: { path: "(^|/node_modules/)(drizzle-orm|postgres|pg-boss)(/|$)", pathNot: "(^|/)src/" },
    },
    {
      name: "source-imports-no-test",
      severity: "error",
      from: { pathNot: tests },
      to: { path: "\\.(test|storm\\.test|browser\\.test)\\.ts$" },
    },
    {
      name: "imports-resolve",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "\\.(css|svg|woff2)$" },
    },
  ],
  options: {
    doNotFollow: { path: "(^|/)node_modules/" },
    exclude: { path: "(^|/)(dist|coverage)/|\\.d\\.ts$" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.tools.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["tollgate-src", "import", "node", "module", "browser", "default", "types"],
      mainFields: ["module", "main", "types", "typings"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
    },
  },
};
