import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pino } from "pino";
import { expect } from "vitest";
import { eventually, startGateway } from "../testing/start.js";
import { fuzz } from "./fuzz.js";

/** Bytes that a gateway may keep after all of it: plans, documents and rates are remembered, within bounds. */
const keptBytes = 120 * 1_048_576;

const unlimited = { perSecond: 1_000_000, burst: 1_000_000 };

/**
 * Throws malformed messages at a gateway, and makes sure that it is as calm afterwards as it was before: a usual query is
 * answered, nothing is open, memory and handles are back, and nothing was the gateway's own fault.
 * @returns a line about what was sent
 */
export async function survives(messages: number, seed: number): Promise<string> {
  const limits = { addressRate: unlimited, callerRate: unlimited, subscriptionsPerCaller: 100_000 };
  const faults: string[] = [];
  const logger = pino({ level: "error" }, { write: (line: string) => void faults.push(line) });
  const running = await startGateway({ limits, logger });
  try {
    const { token } = await running.identity.issue(["vm:read", "billing:read", "price:read"]);
    const usual = async (): Promise<void> => {
      const { data, errors } = await running.ask("{ me { displayName } vm(id: 1) { name } }", { token });
      expect({ data, errors }).toMatchObject({ data: { vm: { name: expect.any(String) } }, errors: [] });
    };
    await usual();
    const [handles, memory] = [openSockets(), heapBytes()];
    const port = Number(new URL(running.url).port);
    const started = performance.now();
    const report = await fuzz({ port, token, seed, messages, connections: 24 });
    const seconds = (performance.now() - started) / 1_000;
    expect(faults.slice(0, 3)).toEqual([]);
    expect(report.internal.slice(0, 3)).toEqual([]);
    await usual();
    await eventually(async () => await nothingIsOpen(running.url), 30_000);
    await eventually(() => expect(openSockets()).toBeLessThanOrEqual(handles + 2), 30_000);
    // The fixture keeps all that it was asked, with all that hangs on it.
    for (const { requests } of [running.graph.accounts, running.graph.telemetry, running.graph.billing])
      requests.length = 0;
    expect(heapBytes() - memory).toBeLessThan(keptBytes);
    return `${report.sent} messages in ${seconds.toFixed(1)} s, ${report.answers} answers, ${report.socketMessages} socket messages`;
  } finally {
    await running.gateway.stop();
  }
}

async function nothingIsOpen(url: string): Promise<void> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const name of ["sockets", "event_connections", "live_streams", "shared_streams", "upstreams"])
    expect(metrics).toMatch(new RegExp(`^tollgate_${name} 0$`, "m"));
}

const openSockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length;

function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // the flag makes it
  collect();
  return process.memoryUsage().heapUsed;
}
