import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { precompress } from "./precompress.js";

const server = process.env["TOLLGATE_SERVER"] ?? "http://localhost:4000";

/** `PUBLIC_BASE` is the path the app is served under, such as `/panel/`; everything in the bundle follows it. */
export default defineConfig({
  base: process.env["PUBLIC_BASE"] ?? "/",
  plugins: [react(), precompress()],
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    proxy: {
      "/graphql": { target: server, ws: true },
      "/mailbox": { target: server },
      "/demo": { target: server },
      "/payments/return": { target: server },
    },
  },
});
