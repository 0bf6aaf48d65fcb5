import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { GATEWAY_VARIABLES } from "@tollgate/gateway";
import { EnvironmentError, processVariables } from "@tollgate/kit/process";
import { describe, expect, it } from "vitest";
import { SUBGRAPH_NAMES } from "../graph/names.js";
import { readSettings, VARIABLES } from "./environment.js";
import { requireFreePort } from "./free-port.js";

describe("the environment", () => {
  it("needs nothing for the demo, which listens on this computer only", () => {
    expect(readSettings({})).toMatchObject({
      host: "127.0.0.1",
      port: 4000,
      publicUrl: "http://localhost:4000",
      demo: true,
      database: null,
    });
    expect(() => readSettings({ HOST: "0.0.0.0" })).toThrow(/HOST: the demo listens on this computer only/);
  });

  it("names everything that is wrong at once", () => {
    const read = () =>
      readSettings({
        PORT: "seventy",
        DATABASE_URL: "mysql://x",
        LOG_LEVEL: "loud",
        TOLLGATE_DEMO: "yes",
        BILLING_DATABASE_URL: "x",
      });
    expect(read).toThrow(EnvironmentError);
    for (const variable of ["PORT", "DATABASE_URL", "LOG_LEVEL", "TOLLGATE_DEMO", "BILLING_DATABASE_URL"])
      expect(read).toThrow(new RegExp(`${variable}: `));
  });

  it("takes an empty variable as one that is not there", () => {
    expect(readSettings({ PORT: "", SMTP_URL: "" })).toMatchObject({ port: 4000, smtpUrl: null });
  });

  it("refuses in production what only the demo may have: its own secret, the mailbox, plain HTTP", () => {
    const production = { TOLLGATE_DEMO: "false" };
    for (const variable of ["TOLLGATE_SECRET", "PUBLIC_URL"])
      expect(() => readSettings(production)).toThrow(new RegExp(variable));
    expect(() => readSettings({ ...production, PORT: "x" })).toThrow(/PORT: [\s\S]*TOLLGATE_SECRET: /);
    const settings = readSettings({
      ...production,
      HOST: "0.0.0.0",
      TOLLGATE_SECRET: "x".repeat(32),
      PUBLIC_URL: "https://cloud.example/",
    });
    expect(settings).toMatchObject({ demo: false, publicUrl: "https://cloud.example", logFile: null });
  });

  it("lets one subgraph have a database of its own", () => {
    const own = readSettings({
      BILLING_DATABASE_URL: "postgres://a@db/b",
      BILLING_DATABASE_DIRECT_URL: "postgres://a@direct/b",
    });
    expect(own.databases).toEqual({ billing: { url: "postgres://a@db/b", directUrl: "postgres://a@direct/b" } });
  });

  it("is explained in .env.example, variable by variable", () => {
    const example = readFileSync(new URL("../../../.env.example", import.meta.url), "utf8");
    const explained = [...example.matchAll(/^#?\s?([A-Z][A-Z_]+)=/gm)].map((match) => match[1]);
    const own = new URL("../../../subgraphs/", import.meta.url);
    const ofProcesses = SUBGRAPH_NAMES.flatMap((name) =>
      [...readFileSync(new URL(`${name}/src/main.ts`, own), "utf8").matchAll(/^ {4}([A-Z_]+): /gm)].map(
        ([, found]) => found,
      ),
    );
    const all = [...VARIABLES, ...GATEWAY_VARIABLES, ...Object.keys(processVariables), ...ofProcesses];
    expect(all.filter((variable) => variable !== undefined && !explained.includes(variable))).toEqual([]);
  });
});

describe("a port", () => {
  it("that is taken is said in one sentence that names a way out", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    await expect(requireFreePort("127.0.0.1", port)).rejects.toThrow(
      new RegExp(`^Port ${port} is taken .*PORT=${port + 1} npm start$`),
    );
    await new Promise((resolve) => other.close(resolve));
    await requireFreePort("127.0.0.1", port);
  });
});
