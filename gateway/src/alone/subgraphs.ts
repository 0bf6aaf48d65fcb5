import type { Logger } from "pino";
import { PlainService } from "../transport/plain-service.js";

/** The subgraphs of the supergraphs that were served lately: one that has not moved keeps its connections. */
export class Subgraphs {
  private current = new Map<string, PlainService>();
  private readonly leaving = new Map<PlainService, NodeJS.Timeout>();

  /** @param graceMilliseconds how long operations may go on with a subgraph that is not there any more */
  constructor(
    private readonly logger: Logger,
    private readonly graceMilliseconds: number,
  ) {}

  /** Those of a supergraph that is to be served. Not in use until `serve`. */
  prepare(addresses: ReadonlyMap<string, string>): PlainService[] {
    return [...addresses].map(([name, url]) => {
      const known = this.current.get(name);
      return known?.url === url ? known : new PlainService(name, url, this.logger);
    });
  }

  /** From now on these are asked; the others are let go when what is under way has ended. */
  serve(services: readonly PlainService[]): void {
    const before = [...this.current.values()];
    this.current = new Map(services.map((service) => [service.name, service]));
    for (const service of before) if (!services.includes(service)) this.leave(service);
  }

  async close(): Promise<void> {
    for (const timer of this.leaving.values()) clearTimeout(timer);
    await Promise.all([...this.current.values(), ...this.leaving.keys()].map(async (service) => await service.close()));
  }

  private leave(service: PlainService): void {
    const timer = setTimeout(() => {
      this.leaving.delete(service);
      service.close().catch((error: unknown) => this.logger.warn({ err: error }, "a subgraph was not let go"));
    }, this.graceMilliseconds);
    timer.unref();
    this.leaving.set(service, timer);
  }
}
