import { type Audit, serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningGateway, startGateway } from "../testing/start.js";

/** The audits of the GraphQL over HTTP specification, recommendations included, as its reference implementation makes them. */
describe("GraphQL over HTTP", () => {
  let running: RunningGateway;
  let audits: readonly Audit[];

  beforeAll(async () => {
    running = await startGateway();
    audits = serverAudits({ url: `${running.url}/graphql` });
  });

  afterAll(async () => {
    await running.gateway.stop();
  });

  it("passes every audit, recommendations included", async () => {
    expect(audits.length).toBeGreaterThanOrEqual(61);
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    const failures = results.flatMap((result) =>
      result.status === "ok" ? [] : [`${result.status}: ${result.name}: ${result.reason}`],
    );
    expect(failures).toEqual([]);
  });
});
