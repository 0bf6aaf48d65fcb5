import { spawn } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { GATEWAY_VARIABLES } from "../gateway/src/tollgate/environment.js";
import { gatewayVariables } from "../gateway/src/tollgate/variables.js";
import {
  auditVariables,
  mailVariables,
  operatorVariables,
  processVariables,
} from "../subgraphs/kit/src/process/index.js";
import { keyVariables, settingVariables } from "../subgraphs/kit/src/settings/environment.js";
import { fromSources } from "./lib/run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string) => readFileSync(join(root, name), "utf8");

const DOCKERFILE = "docker/Dockerfile";
/** The build argument, as the Dockerfile writes it. */
const ARGUMENT = /\$\{SUBGRAPH\}/;
const SUBGRAPHS = ["accounts", "billing", "messaging", "organisations", "telemetry"];

interface Service {
  image: string;
  user?: string;
  build?: { context: string; dockerfile: string; target: string; args?: { SUBGRAPH: string } };
  depends_on?: Record<string, { condition: string }>;
  environment: Record<string, string>;
  healthcheck: { test: string[] };
  cap_drop: string[];
  read_only?: boolean;
  networks: string[];
  volumes?: string[];
  ports?: string[];
}

// The parser cannot know the shape; where the file has another one, a test below fails on it.
const compose = parse(read("docker-compose.yml"), { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const serviceOf = (name: string): Service => {
  const service = compose.services[name];
  if (!service) throw new Error(`There is no service ${name}`);
  return service;
};

/** `${NAME}` of Compose: the name, how it goes on (`:-` or `:?`), and what follows. */
const REFERENCE = /\$\{([A-Z_]+)(?:(:[-?+])([^}]*))?\}/g;
const references = [...read("docker-compose.yml").matchAll(REFERENCE)];

/** Names that .env.example explains. */
const explained = new Set([...read(".env.example").matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));

/** The stages of the Dockerfile: name, what it begins from, its instructions. */
const stages = new Map(
  read(DOCKERFILE)
    .split(/^FROM /m)
    .slice(1)
    .map((text) => {
      const [, from = "", name = ""] = /^(\S+) AS (\S+)/.exec(text) ?? [];
      return [name, { from, text }];
    }),
);

/** A stage with all that it begins from, the oldest first. */
const historyOf = (name: string): string => {
  const stage = stages.get(name);
  return stage ? historyOf(stage.from) + stage.text : "";
};

const argumentsOf = (instructions: string, instruction: string) =>
  [...instructions.matchAll(new RegExp(`^${instruction} (.+)$`, "gm"))].map(([, rest = ""]) => rest);

const imageVariables = (target: string) =>
  Object.fromEntries(
    argumentsOf(historyOf(target), "ENV").flatMap((line) => line.split(" ").map((pair) => pair.split("="))),
  );

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

/** What a service's process finds, with the operator's variables filled in as somebody would. */
const filledIn = (name: string): Record<string, string> => {
  const given: Record<string, string> = {
    TOLLGATE_SECRET: "a-secret-that-is-long-enough-for-a-test",
    POSTGRES_PASSWORD: "password",
    PUBLIC_URL: "https://cloud.example",
    SMTP_URL: "smtps://user:password@mail.example:465",
  };
  const fill = (value: string) =>
    String(value).replace(REFERENCE, (_, variable: string, operator: string, rest: string) =>
      operator === ":-" || operator === ":+" ? rest : (given[variable] ?? `no value for ${variable}`),
    );
  const { environment, build } = serviceOf(name);
  return {
    ...imageVariables(build?.target ?? ""),
    ...Object.fromEntries(Object.entries(environment).map(([variable, value]) => [variable, fill(value)])),
  };
};

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

describe("the Dockerfile", () => {
  const dockerfile = read(DOCKERFILE);

  it("copies the package.json of every workspace, so that the lockfile fits", () => {
    const { packages } = parse(read("pnpm-workspace.yaml")) as { packages: string[] }; // as pnpm reads it
    const workspaces = packages.flatMap((place) => globSync(`${place}/package.json`, { cwd: root })).map(dirname);
    expect(workspaces.length).toBeGreaterThan(8);
    const tools = historyOf("tools");
    for (const workspace of workspaces) expect(tools).toContain(`COPY ${workspace}/package.json ${workspace}/`);
  });

  it("copies from the checkout only what is in it and not ignored", () => {
    const ignored = read(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("**/"));
    const copied = argumentsOf(dockerfile, "COPY")
      .filter((rest) => !rest.startsWith("--from"))
      .flatMap((rest) => rest.split(" ").slice(0, -1))
      .flatMap((path) => (ARGUMENT.test(path) ? SUBGRAPHS.map((name) => path.replace(ARGUMENT, name)) : path));
    expect(copied.length).toBeGreaterThan(15);
    for (const path of copied) {
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(
        ignored.some((place) => path === place || path.startsWith(`${place}/`)),
        path,
      ).toBe(false);
    }
  });

  it("copies from other stages what the build makes there", () => {
    const made = argumentsOf(dockerfile, "COPY --from=build").map((rest) => rest.split(" ")[0] ?? "");
    expect(made.length).toBeGreaterThan(10);
    for (const path of made) {
      const workspace = path.replace("/tollgate/", "").replace("/dist", "").replace(ARGUMENT, "billing");
      expect(path).toMatch(/\/dist$/);
      expect(existsSync(join(root, workspace, "package.json")), path).toBe(true);
    }
    for (const name of argumentsOf(dockerfile, "COPY").map((rest) => /^--from=(\S+)/.exec(rest)?.[1]))
      if (name !== undefined) expect(stages.has(name)).toBe(true);
  });

  it.each(["gateway", "standalone"])("gives %s the files that it reads of the schema", (target) => {
    const sources = globSync("schema/src/*.ts", { cwd: root }).map(read).join("\n");
    const wanted = [...sources.matchAll(/`?"?\.\.\/([\w.]+)[^"`]*["`], import\.meta\.url/g)].map(([, name]) => name);
    expect(wanted.sort()).toEqual(["supergraph.graphql", "trusted"]);
    for (const name of wanted)
      expect(argumentsOf(historyOf(target), "COPY").join("\n")).toContain(`schema/${name} schema/`);
  });

  it("has the Node and pnpm that the bootstrap provisions", () => {
    const [, node, pnpm] =
      /NODE = "([\d.]+)";\s*const PNPM = "([\d.]+)"/.exec(read("scripts/bootstrap/toolchain.mjs")) ?? [];
    for (const { from } of stages.values()) if (!stages.has(from)) expect(from).toBe(`node:${node}-bookworm-slim`);
    expect(dockerfile).toContain(`pnpm@${pnpm}`);
  });

  it.each(["subgraph", "gateway", "standalone"])(
    "runs %s as nobody in particular, for production, health-checked",
    (target) => {
      const history = historyOf(target);
      expect(argumentsOf(history, "USER").at(-1)).toBe("node");
      expect(imageVariables(target)).toMatchObject({ NODE_ENV: "production", TOLLGATE_DEMO: "false" });
      expect(argumentsOf(history, "HEALTHCHECK")).toHaveLength(1);
      expect(argumentsOf(history, "STOPSIGNAL")).toEqual(["SIGTERM"]);
    },
  );

  it.each([
    { target: "subgraph", folder: "subgraphs/billing/", source: "subgraphs/billing/src/main.ts" },
    { target: "gateway", folder: "", source: "gateway/src/tollgate/main.ts" },
    { target: "standalone", folder: "", source: "standalone/src/main.ts" },
  ])("starts the entry of $target", ({ target, folder, source }) => {
    const [command = "[]"] = argumentsOf(stages.get(target)?.text ?? "", "CMD");
    const entry = `${folder}${JSON.parse(command).at(-1)}`;
    expect(entry.replace("/dist/", "/src/").replace(/\.js$/, ".ts")).toBe(source);
    expect(existsSync(join(root, source))).toBe(true);
  });
});

describe("the environment of docker-compose.yml", { timeout: 60_000 }, () => {
  /** Starts a process with nothing but this environment; what it says when it gives up, null once it takes the environment. */
  const complaintOf = (entry: string, environment: Record<string, string>): Promise<string | null> => {
    const child = spawn(process.execPath, [...fromSources, entry], {
      cwd: root,
      env: { PATH: process.env.PATH, TSX_TSCONFIG_PATH: join(root, "tsconfig.base.json"), ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (part) => {
      complaint += part;
      // A line of the log: whoever writes one has taken its environment. What else it waits for is not there.
      if (/^\{"level"/m.test(complaint)) child.kill("SIGKILL");
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (_code, signal) => resolve(signal === "SIGKILL" ? null : complaint));
    });
  };
  /** As in its container, but on a port and towards a database that disturb nobody here. */
  const here = { HOST: "127.0.0.1", PORT: "0" };
  const nowhere = "postgres://postgres:password@127.0.0.1:1/tollgate";

  it.each(SUBGRAPHS)("is one that %s takes", async (name) => {
    const environment = { ...filledIn(name), ...here, DATABASE_URL: nowhere };
    expect(await complaintOf(`subgraphs/${name}/src/main.ts`, environment)).toBeNull();
  });

  it("is one that the gateway takes", async () => {
    expect(await complaintOf("gateway/src/tollgate/main.ts", { ...filledIn("gateway"), ...here })).toBeNull();
  });

  it("is refused where a secret is missing", async () => {
    const environment = { ...filledIn("gateway"), ...here, TOLLGATE_SECRET: "" };
    expect(await complaintOf("gateway/src/tollgate/main.ts", environment)).toContain("TOLLGATE_SECRET: is needed");
  });
});
