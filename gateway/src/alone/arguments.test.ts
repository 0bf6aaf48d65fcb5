import { describe, expect, it } from "vitest";
import { ArgumentsError, readArguments } from "./arguments.js";

const needed = ["--supergraph", "super.graphql", "--port", "4000"];
const problemsOf = (...given: string[]): string => {
  try {
    readArguments(given);
    return "";
  } catch (error) {
    if (error instanceof ArgumentsError) return error.message;
    throw error;
  }
};

describe("the arguments of the gateway by itself", () => {
  it("are a file and a port, and the rest has usual values", () => {
    expect(readArguments(needed)).toEqual({
      supergraph: "super.graphql",
      host: "127.0.0.1",
      port: 4000,
      addresses: new Map(),
      milliseconds: 30_000,
      tokens: null,
      logLevel: "info",
    });
  });

  it("take addresses of subgraphs, with an equals sign in them too", () => {
    const given = [...needed, "--subgraph", "a=http://a:1/graphql?x=y", "--subgraph=b=https://b"];
    expect(readArguments(given)?.addresses).toEqual(
      new Map([
        ["a", "http://a:1/graphql?x=y"],
        ["b", "https://b"],
      ]),
    );
  });

  it("may ask for help, whatever else there is", () => {
    expect(readArguments(["--help", "--nonsense"])).toBeNull();
  });

  it("are refused with all that is wrong at once", () => {
    const said = problemsOf(
      "--port",
      "70000",
      "--nope",
      "--subgraph",
      "a=ftp://a",
      "--subgraph",
      "b",
      "--timeout",
      "soon",
    );
    for (const part of ["--supergraph: is needed", "--port: must", "--nope: is no option", "--subgraph a:"]) {
      expect(said).toContain(part);
    }
    for (const part of ["--subgraph b: must look like", "--timeout: must"]) expect(said).toContain(part);
  });

  it.each([
    [["--port"], "--port: needs a value"],
    [["--port="], "--port: needs a value"],
    [[...needed, "stray"], "stray: belongs to no option"],
    [[...needed, "--log-level", "loud"], "--log-level: must be one of"],
    [[...needed, "--issuer", "me"], "belong together"],
    [[...needed, "--jwks", "keys", "--issuer", "me", "--audience", "you"], "--jwks: keys is no http"],
    [[...needed, "--subgraph", "a=http://a", "--subgraph", "a=http://b"], "--subgraph a: is given twice"],
  ])("are refused: %j", (given, said) => {
    expect(problemsOf(...given)).toContain(said);
  });
});
