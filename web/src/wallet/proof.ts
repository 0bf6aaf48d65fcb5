import { onOwnOrigin, patientFetch } from "../api/server.js";

export const PROOF_TYPES: readonly string[] = ["application/pdf", "image/png", "image/jpeg"];

const MEBIBYTE = 1_048_576;

/** Why a file is no proof, in words; null when it may be one. `maxBytes` is null while the server was not asked. */
export function proofProblem(file: { type: string; size: number }, maxBytes: number | null): string | null {
  if (!PROOF_TYPES.includes(file.type)) return "The proof is a PDF, PNG or JPEG file.";
  if (file.size === 0) return "This file is empty.";
  if (maxBytes !== null && file.size > maxBytes) {
    return `This file is too large: at most ${Math.floor(maxBytes / MEBIBYTE)} MB.`;
  }
  return null;
}

/**
 * Puts a file where the server said. Answers why it was refused, in words, or null.
 * @throws Unreachable when no answer came
 */
export async function upload(url: string, file: File): Promise<string | null> {
  const response = await patientFetch(onOwnOrigin(url), {
    method: "PUT",
    headers: { "content-type": file.type },
    body: file,
  });
  if (response.ok) return null;
  if (response.status === 413) return "This file is too large.";
  if (response.status === 415) return "This is not the kind of file that its name says.";
  return "The file was not accepted. Choose it again and retry.";
}
