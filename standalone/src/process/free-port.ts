import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

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

/** So many ports that nobody listens on at the moment. */
export const freePorts = async (count: number): Promise<number[]> => {
  const probes = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  // Asked for together, so that none of them comes twice.
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port); // it listens on a port
  await Promise.all(probes.map((probe) => once(probe.close(), "close")));
  return ports;
};
