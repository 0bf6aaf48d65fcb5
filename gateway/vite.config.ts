import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** GraphiQL, built into files that the gateway serves itself: no CDN, nothing inline. */
export default defineConfig({
  root: fileURLToPath(new URL("graphiql", import.meta.url)),
  base: "/graphiql/",
  plugins: [react()],
  resolve: { dedupe: ["graphql", "react", "react-dom", "monaco-editor"] },
  build: {
    outDir: fileURLToPath(new URL("dist/graphiql", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 6_000, // the editor is one large chunk; developers load it once
    rolldownOptions: {
      onwarn(warning, warn) {
        // Directives for a compiler that does not run here.
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
});
