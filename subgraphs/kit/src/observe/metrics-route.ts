import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { scrape, watchProcess } from "./metrics.js";

export const METRICS_PATH = "/metrics";

const LOOPBACK_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;
const LOOPBACK_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
/** Any of them says that somebody stands in between. */
const SIGNS_OF_A_PROXY = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

/**
 * Serves the metrics of the process to whoever may see them; others find nothing there.
 * @param token what readers have to show; null: only this computer may read
 */
export const registerMetrics = (app: FastifyInstance, token: string | null): void => {
  watchProcess();
  app.get(METRICS_PATH, async (request, reply) => {
    reply.header("cache-control", "no-store");
    if (!(token === null ? isFromHere(request) : showsToken(request, token))) {
      if (token !== null) reply.header("www-authenticate", "Bearer");
      return await reply
        .code(token === null ? 404 : 401)
        .type("text/plain; charset=utf-8")
        .send("There is nothing at this address for you.\n");
    }
    const { text, contentType } = await scrape();
    return await reply.type(contentType).send(text);
  });
};

/**
 * Whether a program on this computer asks. A proxy on it would lend its address to strangers, and a page in a browser on it
 * could be led here by a foreign name: both show in the headers.
 */
const isFromHere = ({ raw, headers }: FastifyRequest): boolean =>
  LOOPBACK_ADDRESS.test(raw.socket.remoteAddress ?? "") &&
  LOOPBACK_NAME.test(headers.host ?? "") &&
  SIGNS_OF_A_PROXY.every((name) => headers[name] === undefined);

const showsToken = ({ headers }: FastifyRequest, token: string): boolean => {
  const shown = /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(shown), digest(token));
};

/** Of one length, whatever was shown. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
