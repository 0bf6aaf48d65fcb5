import { describe, expect, it } from "vitest";
import { connectionOf, decodeCursor, encodeCursor, pageSize } from "./connection.js";

describe("a Relay list", () => {
  it("has up to 100 entries a page, 20 unless told", () => {
    expect(pageSize({})).toBe(20);
    expect(pageSize({ first: 100 })).toBe(100);
    for (const first of [0, -1, 101, 1.5]) expect(() => pageSize({ first })).toThrow(/first/);
  });

  it("knows from one row more whether there is a next page", () => {
    const page = connectionOf([1, 2, 3], { first: 2 }, (row) => [row]);
    expect(page.nodes).toEqual([1, 2]);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(decodeCursor(page.pageInfo.endCursor, 1)).toEqual([2]);
    const last = connectionOf([3], { first: 2, after: page.pageInfo.endCursor }, (row) => [row]);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(connectionOf([], {}, () => []).pageInfo).toMatchObject({ startCursor: null, endCursor: null });
  });

  it("refuses cursors that are not its own", () => {
    expect(decodeCursor(undefined, 1)).toBeNull();
    const strangers = [
      "",
      "%%%",
      encodeCursor([1, 2]),
      Buffer.from('{"a":1}').toString("base64url"),
      Buffer.from("[{}]").toString("base64url"),
    ];
    for (const cursor of strangers) expect(() => decodeCursor(cursor, 1)).toThrow(/cursor/);
  });
});
