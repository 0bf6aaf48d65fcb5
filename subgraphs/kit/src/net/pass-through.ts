import type { FastifyInstance, FastifyRequest } from "fastify";
import type { PassThroughRequest, PassThroughRoute } from "../protocol/http.js";

/**
 * Serves the paths of subgraphs that are no GraphQL, such as `/.well-known/jwks.json`; bodies stay as they came.
 * @param addressOf the client's address; that of the connection when left out.
 */
export async function registerPassThrough(
  app: FastifyInstance,
  routes: readonly PassThroughRoute[],
  addressOf: (request: FastifyRequest) => string = (request) => request.ip,
): Promise<void> {
  await app.register((inner, _options, registered) => {
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    for (const route of routes) {
      inner.route({
        method: route.method,
        url: route.path,
        ...(route.maxBytes === undefined ? {} : { bodyLimit: route.maxBytes }),
        handler: async (request, reply) => {
          const response = await route.handle(passedThrough(request, addressOf(request)));
          return await reply
            .code(response.status)
            .headers(response.headers ?? {})
            .send(response.body instanceof Uint8Array ? Buffer.from(response.body) : response.body);
        },
      });
    }
    registered();
  });
}

function passedThrough(request: FastifyRequest, address: string): PassThroughRequest {
  const { pathname, searchParams } = new URL(request.url, "http://tollgate.invalid");
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : value,
  ]);
  return {
    method: request.method,
    path: pathname,
    query: searchParams,
    headers: Object.fromEntries(headers),
    rawBody: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
    address,
  };
}
