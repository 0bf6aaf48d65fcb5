import { readGatewaySettings } from "@tollgate/gateway";
import { readSubgraphSettings } from "@tollgate/kit/serve";
import { describe, expect, it } from "vitest";
import { SUBGRAPH_NAMES } from "../graph/names.js";
import { readSettings } from "../process/environment.js";
import { gatewayEnvironment, type Place, subgraphEnvironment } from "./environments.js";

const settings = readSettings({ SMTP_URL: "smtps://user:secret@mail.example:465", LOG_FILE: "/var/log/tollgate.log" });
const databaseOf = (name: string) => ({ url: `postgres://admin@${name}.db/tollgate`, directUrl: null });
const place: Place = {
  gatewayPort: 4000,
  ports: { accounts: 4001, organisations: 4002, billing: 4003, telemetry: 4004, messaging: 4005 },
  publicUrl: "http://localhost:4000",
  masterSecret: "a secret of at least thirty-two characters",
  databases: {
    accounts: databaseOf("accounts"),
    organisations: databaseOf("organisations"),
    billing: databaseOf("billing"),
    telemetry: databaseOf("telemetry"),
    messaging: databaseOf("messaging"),
  },
  hoursAhead: 6,
};

describe("what a process is told", () => {
  it("is enough for it, and of the databases its own alone", () => {
    for (const name of SUBGRAPH_NAMES) {
      const environment = subgraphEnvironment(name, settings, place);
      const read = readSubgraphSettings(name, {}, () => [], environment);
      expect(read).toMatchObject({ port: place.ports[name], database: { url: place.databases[name].url }, demo: true });
      expect(read.addresses.billing).toBe("http://127.0.0.1:4003");
      expect(read.logFile).toBe(`/var/log/${name}.log`);
      const foreign = SUBGRAPH_NAMES.filter((other) => other !== name).map((other) => place.databases[other].url);
      expect(Object.values(environment).filter((value) => foreign.includes(value))).toEqual([]);
      expect("SMTP_URL" in environment, name).toBe(name === "messaging");
      expect("BILLING_HOURS_AHEAD" in environment, name).toBe(name === "billing");
    }
    const gateway = gatewayEnvironment(settings, place);
    expect(readGatewaySettings(gateway)).toMatchObject({ port: 4000, publicUrl: "http://localhost:4000" });
    expect(Object.keys(gateway).filter((variable) => variable.includes("DATABASE"))).toEqual([]);
  });

  it("is checked by each process: everything that is wrong is named at once", () => {
    const read = () =>
      readSubgraphSettings("billing", {}, () => [], { PORT: "x", BILLING_URL: "ftp://x", LOG_LEVEL: "loud" });
    for (const variable of ["PORT", "BILLING_URL", "LOG_LEVEL", "TOLLGATE_SECRET", "DATABASE_URL"])
      expect(read).toThrow(new RegExp(`${variable}: `));
    expect(() => readGatewaySettings({ TOLLGATE_DEMO: "false", ACCOUNTS_URL: "http://a/b" })).toThrow(
      /TOLLGATE_SECRET: [\s\S]*ACCOUNTS_URL: [\s\S]*PUBLIC_URL: /,
    );
    expect(() => readSubgraphSettings("billing", {}, () => [], { TOLLGATE_DEMO: "true", HOST: "0.0.0.0" })).toThrow(
      /HOST: /,
    );
  });
});
