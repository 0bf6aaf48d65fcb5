import { type ThreadLimits, ThreadQueue } from "@tollgate/kit";
import { type DocumentModel, MOST_ROWS } from "./document-model.js";

/** Fonts are read when the thread starts; a document of the most rows takes a second or two. */
const LIMITS: ThreadLimits = { queue: 32, milliseconds: 20_000, idleMilliseconds: 60_000 };

const WORDS = {
  name: "documents",
  tooMany: "Too many documents at once; try again in a moment.",
  tooLong: "This document took too long to draw.",
};

const thread = new ThreadQueue<DocumentModel, Uint8Array>("./drawing-worker", import.meta.url, LIMITS, WORDS);

/**
 * The PDF of a document, drawn in a worker thread that all documents of the process share.
 * @throws RateLimitedFault when too many wait; UnavailableFault when it takes too long; Error for more than MOST_ROWS rows.
 */
export const renderDocument = async (model: DocumentModel): Promise<Uint8Array> => {
  if (model.rows.length > MOST_ROWS) throw new Error(`a document of ${model.rows.length} rows`);
  return thread.run(model);
};
