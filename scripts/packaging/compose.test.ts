import { describe, expect, it } from "vitest";
import { GATEWAY_VARIABLES } from "../../gateway/src/tollgate/environment.js";
import { gatewayVariables } from "../../gateway/src/tollgate/variables.js";
import {
  auditVariables,
  mailVariables,
  operatorVariables,
  processVariables,
} from "../../subgraphs/kit/src/process/index.js";
import { keyVariables, settingVariables } from "../../subgraphs/kit/src/settings/environment.js";
import {
  compose,
  DOCKERFILE,
  imageVariables,
  read,
  references,
  SUBGRAPHS,
  serviceOf,
  services,
  stages,
} from "./files.js";

/** Names that .env.example explains. */
const explained = new Set([...read(".env.example").matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));

const namesIn = (text: string) =>
  [...text.matchAll(/(?:^\s+|[{,] )([A-Z][A-Z_]+):/gm)].map(([, variable = ""]) => variable);

/** The variables that a subgraph alone reads, from the text of its entry: the entry itself would run on import. */
const ownVariables = (name: string): string[] => {
  const main = read(`subgraphs/${name}/src/main.ts`);
  const shared = Object.entries({ auditVariables, mailVariables, operatorVariables });
  const spread = shared.flatMap(([word, variables]) => (main.includes(word) ? Object.keys(variables) : []));
  return [...namesIn(main), ...spread];
};

/** All that a subgraph reads. */
const subgraphVariables = (name: string): Set<string> =>
  new Set([
    ...Object.keys(processVariables),
    ...namesIn(read("subgraphs/kit/src/serve/environment.ts")),
    ...Object.keys(settingVariables),
    ...ownVariables(name),
  ]);

describe("docker-compose.yml", () => {
  it("has the database, the five subgraphs and the gateway", () => {
    expect(Object.keys(compose.services).sort()).toEqual([...SUBGRAPHS, "database", "gateway"].sort());
  });

  it("names only variables that .env.example explains", () => {
    expect(references.length).toBeGreaterThan(5);
    for (const [, name] of references) expect(explained).toContain(name);
  });

  it("has no default for a secret, but stops where one is missing", () => {
    const secrets = references.filter(([, name]) => /PASSWORD|SECRET/.test(name ?? ""));
    expect(new Set(secrets.map(([, name]) => name)).size).toBe(2);
    for (const [, , operator] of secrets) expect(operator).toBe(":?");
  });

  it.each(SUBGRAPHS)("tells %s what the environment says of settings, of secrets only to who needs them", (name) => {
    const told = Object.keys(serviceOf(name).environment);
    const missing = Object.keys({ ...settingVariables, ...keyVariables }).filter(
      (variable) => !told.includes(variable),
    );
    const payments = Object.keys(settingVariables).filter((each) => /^PAYMENTS_.*_(KEY|ID)$/.test(each));
    expect(payments).toHaveLength(7);
    const secrets = [...(name === "billing" ? [] : payments), ...(name === "messaging" ? [] : ["SMTP_URL"])];
    expect(missing.sort()).toEqual(secrets.sort());
  });

  it.each(SUBGRAPHS)("tells %s nothing that it does not read", (name) => {
    const known = subgraphVariables(name);
    expect(Object.keys(serviceOf(name).environment).filter((variable) => !known.has(variable))).toEqual([]);
  });

  it("lets the operator set all that a subgraph alone reads, but for what is of the demo", () => {
    for (const name of SUBGRAPHS)
      for (const variable of ownVariables(name).filter((one) => one !== "BILLING_HOURS_AHEAD"))
        expect(Object.keys(serviceOf(name).environment), name).toContain(variable);
    for (const variable of Object.keys(gatewayVariables))
      expect(Object.keys(serviceOf("gateway").environment)).toContain(variable);
  });

  it("repeats no default: what is left empty is for the processes to say", () => {
    const defaults = references.filter(([, name, operator]) => operator === ":-" && name !== "PORT");
    expect(defaults.length).toBeGreaterThan(5);
    for (const [, , , text] of defaults) expect(text).toBe("");
  });

  it("tells the gateway nothing that it does not read, and not where the database is", () => {
    const told = Object.keys(serviceOf("gateway").environment);
    expect(told.filter((variable) => !GATEWAY_VARIABLES.includes(variable))).toEqual([]);
    expect(told.join()).not.toMatch(/DATABASE|POSTGRES/);
    expect(serviceOf("gateway").networks).toEqual(["graph"]);
  });

  it("lets every process find every subgraph by the name of its service, on the port of its image", () => {
    for (const name of [...SUBGRAPHS, "gateway"])
      for (const other of SUBGRAPHS) {
        const { PORT } = imageVariables("subgraph");
        expect(serviceOf(name).environment[`${other.toUpperCase()}_URL`]).toBe(`http://${other}:${PORT}`);
      }
  });

  it("starts in the order of health: the database, the subgraphs, the gateway", () => {
    const healthy = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, { condition: "service_healthy" }]));
    for (const name of SUBGRAPHS) expect(serviceOf(name).depends_on).toEqual(healthy(["database"]));
    expect(serviceOf("gateway").depends_on).toEqual(healthy(SUBGRAPHS));
    for (const [, { healthcheck }] of services) expect(healthcheck.test[0]).toMatch(/^CMD/);
  });

  it("builds each service from a stage there is, for itself", () => {
    for (const name of [...SUBGRAPHS, "gateway"]) {
      const { build } = serviceOf(name);
      expect(build).toMatchObject({ context: ".", dockerfile: DOCKERFILE });
      expect(stages.has(build?.target ?? "")).toBe(true);
      expect(build?.args?.SUBGRAPH ?? "gateway").toBe(name);
    }
  });

  it("gives no process more than it needs: no root, no capabilities, nothing to write to", () => {
    for (const [name, service] of services) {
      expect(service.cap_drop).toEqual(["ALL"]);
      if (name === "database") expect(service.user).toBe("postgres");
      else expect(service.read_only).toBe(true);
    }
  });

  it("uses the volumes and networks that it declares, and publishes nothing beyond this machine", () => {
    const volumes = services.flatMap(([, service]) => (service.volumes ?? []).map((volume) => volume.split(":")[0]));
    expect(volumes.sort()).toEqual(Object.keys(compose.volumes).sort());
    const networks = new Set(services.flatMap(([, service]) => service.networks));
    expect([...networks].sort()).toEqual(Object.keys(compose.networks).sort());
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => ({ name, port })));
    expect(published.map(({ name }) => name)).toEqual(["gateway"]);
    for (const { port } of published) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
