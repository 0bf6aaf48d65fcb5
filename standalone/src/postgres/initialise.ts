import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Account, giveTo } from "./account.js";
import { EmbeddedPostgresFault, explainServerOutput } from "./fault.js";
import { openHandle } from "./handle.js";

export interface Initialisation {
  binaries: string;
  account: Account | null;
  /** Made by this function, with the data in it. */
  data: string;
  /** Of the superuser `postgres`. */
  password: string;
  /** Whether the new files are flushed to the disk before this ends. */
  durable: boolean;
}

/** The environment of PostgreSQL's programs: nothing of ours, so that no PG* variable or locale changes what they do. */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };

/**
 * Makes a database cluster with scram passwords and a locale that is the same on every machine.
 *
 * @throws EmbeddedPostgresFault with the reason in one sentence
 */
export async function initialiseCluster({ binaries, account, data, password, durable }: Initialisation): Promise<void> {
  mkdirSync(data, { mode: 0o700 });
  giveTo(account, data);
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  giveTo(account, passwordFile);
  const handle = openHandle(account, data);
  const passwordDescriptor = openSync(passwordFile, "r");
  try {
    const options = ["-D", handle.name, "-U", "postgres", "-A", "scram-sha-256", "--pwfile=/dev/stdin", "-E", "UTF8"];
    const locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
    const child = spawn(join(binaries, "bin", "initdb"), [...options, ...locale, ...(durable ? [] : ["--no-sync"])], {
      ...account,
      cwd: "/",
      env: SERVER_ENVIRONMENT,
      stdio: [passwordDescriptor, "pipe", "pipe", ...handle.descriptors],
    });
    let words = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (words += String(chunk)));
    const closed = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
    if ((await closed.catch(refuse)) !== 0) throw explainServerOutput(words, data);
  } finally {
    closeSync(passwordDescriptor);
    handle.close();
    rmSync(passwordFile, { force: true });
  }
}

function refuse(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new EmbeddedPostgresFault(`The embedded PostgreSQL's initdb cannot be run: ${reason}`, { cause });
}
