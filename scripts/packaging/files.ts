import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const read = (name: string) => readFileSync(join(root, name), "utf8");

export const DOCKERFILE = "docker/Dockerfile";
/** The build argument, as the Dockerfile writes it. */
export const ARGUMENT = /\$\{SUBGRAPH\}/;
export const SUBGRAPHS = ["accounts", "billing", "messaging", "organisations", "telemetry"];

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
export const compose = parse(read("docker-compose.yml"), { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, unknown>;
  volumes: Record<string, unknown>;
};
export const services = Object.entries(compose.services);
export const serviceOf = (name: string): Service => {
  const service = compose.services[name];
  if (!service) throw new Error(`There is no service ${name}`);
  return service;
};

/** `${NAME}` of Compose: the name, how it goes on (`:-` or `:?`), and what follows. */
export const REFERENCE = /\$\{([A-Z_]+)(?:(:[-?+])([^}]*))?\}/g;
export const references = [...read("docker-compose.yml").matchAll(REFERENCE)];

/** The stages of the Dockerfile: name, what it begins from, its instructions. */
export const stages = new Map(
  read(DOCKERFILE)
    .split(/^FROM /m)
    .slice(1)
    .map((text) => {
      const [, from = "", name = ""] = /^(\S+) AS (\S+)/.exec(text) ?? [];
      return [name, { from, text }];
    }),
);

/** A stage with all that it begins from, the oldest first. */
export const historyOf = (name: string): string => {
  const stage = stages.get(name);
  return stage ? historyOf(stage.from) + stage.text : "";
};

export const argumentsOf = (instructions: string, instruction: string) =>
  [...instructions.matchAll(new RegExp(`^${instruction} (.+)$`, "gm"))].map(([, rest = ""]) => rest);

export const imageVariables = (target: string) =>
  Object.fromEntries(
    argumentsOf(historyOf(target), "ENV").flatMap((line) => line.split(" ").map((pair) => pair.split("="))),
  );
