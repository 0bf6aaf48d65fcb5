import { closeSync, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { type Account, canReach } from "./account.js";
import { EmbeddedPostgresFault } from "./fault.js";

/** A directory as a child process names it. */
export interface DirectoryHandle {
  /** What the child calls the directory. */
  readonly name: string;
  /** Descriptors that the child inherits from number 3 on. */
  readonly descriptors: readonly number[];
  close(): void;
}

/**
 * A name under which `account` gets at its own `directory`.
 * Where a directory above is closed to the account (a checkout below /root, say) the child inherits the opened
 * directory and names it by that descriptor, which needs no permission on the way.
 */
export function openHandle(account: Account | null, directory: string): DirectoryHandle {
  if (account === null || canReach(account, dirname(directory))) {
    return { name: directory, descriptors: [], close: () => undefined };
  }
  if (!existsSync("/proc/self/fd")) {
    throw new EmbeddedPostgresFault(
      `PostgreSQL does not run as root, and another user cannot reach ${directory}; start Tollgate as an ordinary user.`,
    );
  }
  const descriptor = openSync(directory, "r");
  return { name: "/proc/self/fd/3", descriptors: [descriptor], close: () => closeSync(descriptor) };
}
