import { describe, expect, it } from "vitest";
import { matrixOf, missingFor } from "./matrix.js";

const permission = (key: string, sentence: string) => {
  const [resource = "", action = ""] = key.split(":");
  return { key, resource, action, sentence };
};
const role = (id: string, ...keys: string[]) => ({
  id,
  name: id,
  description: null,
  isBuiltIn: true,
  memberCount: 0,
  permissions: keys.map((key) => ({ key })),
});

const permissions = [
  permission("vm:read", "See machines."),
  permission("vm:power", "Start and stop machines."),
  permission("wallet:read", "See wallets."),
  permission("ledger:verify", "Verify the ledger."),
];
const roles = [role("owner", "vm:read", "vm:power", "wallet:read"), role("viewer", "vm:read")];

describe("the matrix of permissions", () => {
  it("groups by what they are about, names who holds each, and leaves out what means nothing here", () => {
    const matrix = matrixOf(permissions, roles, "");
    expect(matrix.map(({ resource }) => resource)).toEqual(["vm", "wallet"]);
    expect(matrix[0]?.rows.map(({ action, holders }) => [action, [...holders]])).toEqual([
      ["read", ["owner", "viewer"]],
      ["power", ["owner"]],
    ]);
  });

  it("finds by key and by sentence, whatever the case", () => {
    const found = (text: string) =>
      matrixOf(permissions, roles, text).flatMap(({ rows }) => rows.map(({ key }) => key));
    expect(found(" WALLET:")).toEqual(["wallet:read"]);
    expect(found("stop")).toEqual(["vm:power"]);
    expect(found("nothing like it")).toEqual([]);
  });

  it("knows what somebody cannot give", () => {
    expect(missingFor(role("owner", "vm:read", "vm:power"), ["vm:read"])).toEqual(["vm:power"]);
  });
});
