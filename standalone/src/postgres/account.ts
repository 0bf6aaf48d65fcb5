import { chownSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { EmbeddedPostgresFault } from "./fault.js";

/** The operating-system user that PostgreSQL runs as. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * PostgreSQL refuses to run as root. Null when Tollgate runs as an ordinary user, whom PostgreSQL then runs as, too;
 * for root it is the ordinary owner of `directory`, so that starting once with sudo does no harm, else `nobody`.
 */
export function serverAccount(directory: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(directory).uid;
  const users = namedUsers();
  // initdb wants a user with a name.
  const { uid, gid } = users.find((user) => user.uid === owner && owner !== 0) ?? users.find(isNobody) ?? noUser();
  return { uid, gid };
}

function isNobody(user: { name: string }): boolean {
  return user.name === "nobody";
}

function noUser(): never {
  throw new EmbeddedPostgresFault(
    "PostgreSQL does not run as root, and this machine has no user `nobody`; start Tollgate as an ordinary user.",
  );
}

function namedUsers(): (Account & { name: string })[] {
  return readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((user) => Number.isInteger(user.uid) && Number.isInteger(user.gid));
}

/** Whether the account can reach `path` by name, that is, enter every directory above it and itself. */
export function canReach(account: Account, path: string): boolean {
  const { mode, uid, gid } = statSync(path);
  const enter = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & enter) === 0) return false;
  const above = dirname(path);
  return above === path || canReach(account, above);
}

/** Gives `path` to the account; nothing to do for an ordinary user. */
export function giveTo(account: Account | null, path: string): void {
  if (account !== null) chownSync(path, account.uid, account.gid);
}
