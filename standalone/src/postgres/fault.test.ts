import { describe, expect, test } from "vitest";
import { explainServerOutput, explainSystemError } from "./fault.js";

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe("what went wrong, in one sentence", () => {
  test.each([
    ["ENOSPC", "The disk that holds /data is full; make room and start again."],
    ["EACCES", "Tollgate may not write to /data; give the user that starts it write permission there."],
    ["EROFS", "/data is on a read-only file system; the embedded database needs one that it can write to."],
  ])("a system call that failed with %s", (code, sentence) => {
    expect(explainSystemError(systemError(code), "/data")).toMatchObject({ message: sentence });
  });

  test("other errors stay what they are", () => {
    const error = new TypeError("a mistake of ours");
    expect(explainSystemError(error, "/data")).toBe(error);
  });

  test.each([
    ['FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device', /is full/],
    ["initdb: error: could not look up effective user ID 4711: user does not exist", /knows by name/],
    ["FATAL:  database files are incompatible with server", /another version of PostgreSQL/],
    ["FATAL:  could not create shared memory segment: Cannot allocate memory", /not enough memory/],
    ["LOG:  hello\nFATAL:  first\nFATAL:  the last complaint counts", /did not start: the last complaint counts$/],
    ["", /did not start\.$/],
  ])("PostgreSQL that said %j", (output, sentence) => {
    expect(explainServerOutput(output, "/data").message).toMatch(sentence);
  });
});
