import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fromSources } from "../lib/run.mjs";
import { imageVariables, REFERENCE, root, SUBGRAPHS, serviceOf } from "./files.js";

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
