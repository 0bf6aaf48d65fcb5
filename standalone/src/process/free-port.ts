import { createServer } from "node:net";

/** A failure that a person can do something about; its message is one clear sentence. */
export class StartFault extends Error {
  override name = "StartFault";
}

/**
 * Makes sure that the port is free before anything long begins.
 * @throws StartFault when somebody else listens there, or nobody may.
 */
export const requireFreePort = (host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        reject(
          new StartFault(
            `Port ${port} is taken by another program; stop it, or choose another one: PORT=${port + 1} npm start`,
          ),
        );
      } else if (error.code === "EACCES") {
        reject(new StartFault(`Port ${port} may not be used by this user; choose one above 1024, such as PORT=4000.`));
      } else {
        reject(new StartFault(`Cannot listen on ${host}:${port}: ${error.message}.`));
      }
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
