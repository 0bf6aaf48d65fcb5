import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  ARGUMENT,
  argumentsOf,
  DOCKERFILE,
  historyOf,
  imageVariables,
  read,
  root,
  SUBGRAPHS,
  stages,
} from "./files.js";

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
