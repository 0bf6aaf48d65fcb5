// A thread of its own: scoring takes from milliseconds to, for texts made for it, far too long for the event loop.
import { parentPort } from "node:worker_threads";
import { ZxcvbnFactory, type ZxcvbnResult } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as common } from "@zxcvbn-ts/language-common";
import { dictionary as english } from "@zxcvbn-ts/language-en";

const zxcvbn = new ZxcvbnFactory({ dictionary: { ...common, ...english }, graphs: adjacencyGraphs });

/** Characters that a common password may have around it and still be one. */
const DECORATION = 2;

const isCommon = ({ password, sequence }: ZxcvbnResult): boolean =>
  sequence.some(
    (match) =>
      match.pattern === "dictionary" &&
      match["dictionaryName"] === "passwords-common" &&
      match.token.length >= password.length - DECORATION,
  );

const port = parentPort;
if (!port) throw new Error("This file runs as a worker thread only.");
port.on("message", ({ text, known }: { text: string; known: string[] }) => {
  const result = zxcvbn.check(text, known);
  port.postMessage({ score: result.score, isCommon: isCommon(result) });
});
