import { existsSync } from "node:fs";
import { join } from "node:path";
import serveStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendError } from "./errors.js";

export interface PageParts {
  /** Folder of the built web app; null serves a page that says it is missing. */
  webRoot: string | null;
  /** Folder of the built GraphiQL; null when it is missing. */
  graphiqlRoot: string | null;
  /** Whether GraphiQL may be used. */
  explore: boolean;
}

/** Serves the web app on all paths that are nothing else, and GraphiQL below `/graphiql/`. */
export async function registerPages(
  app: FastifyInstance,
  { webRoot, graphiqlRoot, explore }: PageParts,
): Promise<void> {
  const web = webRoot !== null && existsSync(join(webRoot, "index.html")) ? webRoot : null;
  const graphiql = graphiqlRoot !== null && existsSync(join(graphiqlRoot, "index.html")) ? graphiqlRoot : null;
  await app.register(serveStatic, {
    ...(web === null ? { serve: false } : { root: web, preCompressed: true }),
    ...caching,
  });
  if (explore) await registerGraphiql(app, graphiql);
  app.setNotFoundHandler(async (request, reply) => {
    if (!wantsPage(request)) return await sendError(reply, 404, "NOT_FOUND", "There is nothing at this address");
    // A link from a mail: its secret stands in the address until the page has read it, and must go nowhere from there.
    if (new URL(request.url, "http://gateway.invalid").searchParams.has("token"))
      reply.header("referrer-policy", "no-referrer");
    return web === null ? await sendNotBuilt(reply) : await reply.sendFile("index.html");
  });
}

async function registerGraphiql(app: FastifyInstance, root: string | null): Promise<void> {
  if (root === null) {
    app.get("/graphiql", async (_request, reply) => await sendNotBuilt(reply));
    return;
  }
  await app.register(serveStatic, { root, prefix: "/graphiql/", decorateReply: false, ...caching });
  app.get("/graphiql", async (_request, reply) => await reply.redirect("/graphiql/"));
}

/** Names below `assets/` carry a hash of their content; everything else may be newer tomorrow. */
const caching = {
  cacheControl: false,
  setHeaders(reply: FastifyReply, path: string): void {
    const hashed = /[\\/]assets[\\/]/.test(path);
    reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  },
};

/** A page of the web app has a path without a file name; a missing file must not be answered with a page. */
function wantsPage(request: FastifyRequest): boolean {
  const { pathname } = new URL(request.url, "http://gateway.invalid");
  const ours = /^\/(graphql|graphiql|health|assets|webhooks)(\/|$)/.test(pathname);
  const reads = request.method === "GET" || request.method === "HEAD";
  return (
    reads &&
    !ours &&
    !/\.[\w]+$/.test(pathname) &&
    (request.headers.accept ?? "*/*").match(/text\/html|\*\/\*/) !== null
  );
}

async function sendNotBuilt(reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(503).type("text/html; charset=utf-8").header("cache-control", "no-store").send(notBuilt);
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Tollgate</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}</style>
<h1>This page is not built</h1>
<p>The gateway runs and answers at <code>/graphql</code>, but the files of this page are missing.
Run <code>npm run build</code> and start again.</p>
</html>
`;
