import { until } from "@tollgate/kit/testing";
import { afterAll, describe, expect, inject, it } from "vitest";
import { TcpProxy } from "./testing/tcp-proxy.js";
import { TestTollgate } from "./testing/tollgate.js";

let proxy: TcpProxy;
let tollgate: TestTollgate | null = null;

afterAll(async () => {
  await proxy.mend().catch(() => undefined); // it may be mended already
  await tollgate?.stop();
  await proxy.cut();
});

describe("a database that comes late and goes away", () => {
  it("is waited for, missed without dying, and found again by itself", async () => {
    const server = new URL(inject("postgresUrl"));
    proxy = await TcpProxy.to(server.hostname, Number(server.port));
    const starting = TestTollgate.start(inject("postgresUrl"), {}, undefined, (url) => {
      const through = new URL(url);
      through.hostname = "127.0.0.1";
      through.port = String(proxy.port);
      return through.toString();
    });
    // It has found nobody to connect to by the time that the line is mended.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await proxy.mend();
    tollgate = await starting;
    const { url } = tollgate;
    const customer = await tollgate.signIn("customer");
    const ready = async () => (await fetch(`${url}/health/ready`)).status;
    expect(await ready()).toBe(200);

    await proxy.cut();
    await until(async () => (await ready()) === 503, 60_000);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    const { errors } = await customer.ask("{ me { id } vms { totalCount } }");
    expect(new Set(errors?.map((error) => error.extensions["code"]))).toEqual(new Set(["UNAVAILABLE"]));

    await proxy.mend();
    await until(async () => (await ready()) === 200, 60_000);
    expect((await customer.ask("{ vms { totalCount } }")).data.vms.totalCount).toBeGreaterThan(0);
    // Sign-in needs the outbox, the relay and the mailer: all of them have come back.
    await tollgate.signIn("reseller");
  }, 240_000);
});
