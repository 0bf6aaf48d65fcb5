// A thread of its own: a document of many pages takes hundreds of milliseconds.
import { parentPort } from "node:worker_threads";
import type { DocumentModel } from "./document-model.js";
import { drawDocument } from "./draw.js";

const port = parentPort;
if (!port) throw new Error("This file runs as a worker thread only.");
port.on("message", async (model: DocumentModel) => {
  const bytes = await drawDocument(model);
  port.postMessage(bytes, [bytes.buffer as ArrayBuffer]); // allocated by drawDocument, and nobody else's
});
