import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/**
 * The usual headers. Scripts come from this origin alone; styles may be inline, because the component libraries of the
 * web app and of GraphiQL set them at run time; the editor of GraphiQL starts its workers from here or from a blob.
 */
export async function registerSecurityHeaders(app: FastifyInstance, publicUrl: string, secure: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        workerSrc: ["'self'", "blob:"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:", "blob:"],
        fontSrc: ["'self'", "data:"],
        connectSrc: ["'self'", webSocketOrigin(publicUrl)],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        // Payments by PayGate begin with a form that is posted to it.
        formAction: ["'self'", "https://secure.paygate.co.za"],
        frameAncestors: ["'none'"],
        ...(secure && { upgradeInsecureRequests: [] }),
      },
    },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: "same-origin" },
  });
}

function webSocketOrigin(publicUrl: string): string {
  const { protocol, host } = new URL(publicUrl);
  return `${protocol === "https:" ? "wss" : "ws"}://${host}`;
}
