import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string) => readFileSync(join(root, name), "utf8");

interface Service {
  build?: { context: string; dockerfile: string };
  environment: Record<string, string>;
  healthcheck: { test: string[] };
  volumes: string[];
  ports?: string[];
}

// The parser cannot know the shape; where the file has another one, a test below fails on it.
const compose = parse(read("docker-compose.yml")) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.values(compose.services);
const references = [...read("docker-compose.yml").matchAll(/\$\{([A-Z_]+)(:[-?])?/g)];

/** Names that .env.example explains. */
const explained = new Set([...read(".env.example").matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));

describe("docker-compose.yml", () => {
  test("names only variables that .env.example explains", () => {
    expect(references.length).toBeGreaterThan(0);
    for (const [, name] of references) expect(explained).toContain(name);
  });

  test("has no default for a secret, but stops where one is missing", () => {
    const secrets = references.filter(([, name]) => /PASSWORD|SECRET|SMTP_URL/.test(name ?? ""));
    expect(secrets.length).toBeGreaterThan(0);
    for (const [, , operator] of secrets) expect(operator).toBe(":?");
  });

  test("builds from files that exist, and keeps its data in volumes that it declares", () => {
    for (const { build } of services)
      if (build) expect(existsSync(join(root, build.context, build.dockerfile))).toBe(true);
    const used = services.flatMap(({ volumes }) => volumes.map((volume) => volume.split(":")[0]));
    expect(used.sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test("tells when a service is healthy, and publishes nothing beyond this machine", () => {
    for (const { healthcheck } of services) expect(healthcheck.test[0]).toMatch(/^CMD/);
    for (const { ports = [] } of services) for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe("the Dockerfile", () => {
  const dockerfile = read("Dockerfile");

  test("copies the package.json of every workspace, so that the lockfile fits", () => {
    const workspaces = [
      "gateway",
      "schema",
      "standalone",
      "web",
      ...readdirSync(join(root, "subgraphs")).map((name) => `subgraphs/${name}`),
    ];
    for (const workspace of workspaces) expect(dockerfile).toContain(`COPY ${workspace}/package.json ${workspace}/`);
  });

  test("copies from the checkout only what is in it", () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, names = ""]) =>
      names.split(" ").slice(0, -1),
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const name of copied) expect(existsSync(join(root, name)), name).toBe(true);
  });

  test("has the Node and pnpm that the bootstrap provisions, and does not run as root", () => {
    const [, node, pnpm] =
      /NODE = "([\d.]+)";\s*const PNPM = "([\d.]+)"/.exec(read("scripts/bootstrap/toolchain.mjs")) ?? [];
    expect(dockerfile).toContain(`node:${node}-`);
    expect(dockerfile).toContain(`pnpm@${pnpm}`);
    expect(/^USER (.+)$/m.exec(dockerfile)?.[1]).toBe("node");
  });
});
