import { describe, expect, it } from "vitest";
import { cellsOf, groupsOf, type InviteLine, linesOf, MOST_AT_ONCE } from "./invite-list.js";

const ROLES = [
  { id: "v", name: "viewer", missing: 0 },
  { id: "b", name: "Billing, South", missing: 0 },
  { id: "o", name: "owner", missing: 12 },
];

const read = (text: string) => linesOf(text, ROLES, "v");
const short = ({ line, email, roleId, problem }: InviteLine) => [line, email, roleId, problem !== null];

describe("a list of people to invite", () => {
  it("is one e-mail a line, with a role where it is another than the usual", () => {
    expect(read('a@example.com\n\n b@example.com , viewer\r\nc@example.com\t"billing, south"').map(short)).toEqual([
      [1, "a@example.com", "v", false],
      [3, "b@example.com", "v", false],
      [4, "c@example.com", "b", false],
    ]);
  });

  it("may have a heading, in any order and with other columns", () => {
    const text = "\uFEFFName;Role;E-mail\nSipho;viewer;sipho@example.com\nLerato;;lerato@example.com";
    expect(read(text).map(short)).toEqual([
      [2, "sipho@example.com", "v", false],
      [3, "lerato@example.com", "v", false],
    ]);
  });

  it("may be addresses as a mail program gives them", () => {
    const text = "Sipho Dlamini <sipho@example.com>, lerato@example.com; Ayanda <ayanda@example.com>";
    expect(read(text).map(({ email }) => email)).toEqual([
      "sipho@example.com",
      "lerato@example.com",
      "ayanda@example.com",
    ]);
  });

  it("says of each line what is wrong with it", () => {
    const lines = read("nobody\na@example.com\nA@EXAMPLE.com\nb@example.com,boss\nc@example.com,owner");
    expect(lines.map(({ problem }) => problem)).toEqual([
      "This is not a complete e-mail address.",
      null,
      "This e-mail stands in the list twice.",
      "There is no role called boss.",
      "You cannot give owner: it may do more than you.",
    ]);
  });

  it("takes as many as the server does, and says so of the others", () => {
    const lines = read(Array.from({ length: MOST_AT_ONCE + 2 }, (_, index) => `p${index}@example.com`).join("\n"));
    expect(lines.filter(({ problem }) => problem !== null)).toHaveLength(2);
  });

  it("is sent in one piece for each role, without the lines that are wrong", () => {
    expect(groupsOf(read('a@example.com\nwrong\nb@example.com,"Billing, South"\nc@example.com'))).toEqual([
      { roleId: "v", emails: ["a@example.com", "c@example.com"] },
      { roleId: "b", emails: ["b@example.com"] },
    ]);
  });

  it("reads cells in quotes", () => {
    expect(cellsOf('"a ""b"", c";d')).toEqual(['a "b", c', "d"]);
    expect(cellsOf("")).toEqual([]);
  });
});
