// The gateway by itself, over any Federation 2 supergraph: nothing here knows Tollgate's own subgraphs.
import { enableCompileCache } from "node:module";

// A third of the start is the compiling of libraries; what was compiled once is kept for the next start.
enableCompileCache();
await import("./alone/run.js");
