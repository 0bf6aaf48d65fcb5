/** The embedded PostgreSQL cannot run; the message is one sentence for the person who started Tollgate. */
export class EmbeddedPostgresFault extends Error {
  override readonly name = "EmbeddedPostgresFault";
}

/** Error code of a system call, such as `ENOSPC`, or null for anything else. */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** Puts a failed system call on `path` into one sentence; other errors come back as they are. */
export function explainSystemError(error: unknown, path: string): unknown {
  const sentence = sentenceOf(systemCode(error), path);
  return sentence === null ? error : new EmbeddedPostgresFault(sentence, { cause: error });
}

function sentenceOf(code: string | null, path: string): string | null {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return `The disk that holds ${path} is full; make room and start again.`;
    case "EACCES":
    case "EPERM":
      return `Tollgate may not write to ${path}; give the user that starts it write permission there.`;
    case "EROFS":
      return `${path} is on a read-only file system; the embedded database needs one that it can write to.`;
    default:
      return null;
  }
}

/** What the last words of `initdb` or `postgres` mean, as one sentence. */
export function explainServerOutput(output: string, directory: string): EmbeddedPostgresFault {
  return new EmbeddedPostgresFault(sentenceForOutput(output, directory), { cause: new Error(output.trim()) });
}

function sentenceForOutput(output: string, directory: string): string {
  if (/No space left on device|Disk quota exceeded/i.test(output)) {
    return `The disk that holds ${directory} is full; make room and start again.`;
  }
  if (/initialized by PostgreSQL version|incompatible with server/i.test(output)) {
    return `The data in ${directory} was made by another version of PostgreSQL and cannot be read by this one.`;
  }
  if (/could not look up effective user/i.test(output)) {
    return "The embedded PostgreSQL needs a user that the machine knows by name (an entry in /etc/passwd).";
  }
  if (/Read-only file system/i.test(output)) {
    return `${directory} is on a read-only file system; the embedded database needs one that it can write to.`;
  }
  if (/could not (?:map|create|resize) .*shared memory|Cannot allocate memory/i.test(output)) {
    return "There is not enough memory (or shared memory) for the embedded PostgreSQL.";
  }
  const words = lastComplaint(output);
  return `The embedded PostgreSQL in ${directory} did not start${words === null ? "." : `: ${words}`}`;
}

function lastComplaint(output: string): string | null {
  const complaints = [...output.matchAll(/(?:FATAL|PANIC|ERROR|error while loading shared libraries|error):\s*(.+)/g)];
  return complaints.at(-1)?.[1]?.trim() ?? null;
}
