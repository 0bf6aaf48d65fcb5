// What can go wrong before anything of Tollgate runs, in one sentence each.

const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|NETWORK_ERROR|META_FETCH_FAIL|dns error/i;

/** A failure whose message is one sentence for the person at the keyboard. */
export class BootstrapFailure extends Error {}

/**
 * @param {string} sentence
 * @returns {never}
 */
export function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/**
 * @param {unknown} error
 * @returns {never}
 */
export function sayWhy(error) {
  if (error instanceof BootstrapFailure) fail(error.message);
  const sentence = sentenceFor(error instanceof Error ? `${/** @type {{ code?: string }} */ (error).code ?? ""}` : "");
  if (sentence !== null) fail(sentence);
  throw error;
}

/**
 * Reads what npm or pnpm said when it failed.
 *
 * @param {string} step such as "Installing the packages"
 * @param {string} output
 */
export function explainOutput(step, output) {
  const sentence = sentenceFor(output);
  if (sentence !== null) return new BootstrapFailure(sentence);
  const last = output.trim().split("\n").slice(-15).join("\n");
  return new BootstrapFailure(`${last}\n${step} failed; the lines above say why.`);
}

/**
 * Whether the network was the reason, so that asking again may help.
 *
 * @param {string} output
 */
export function isUnreachable(output) {
  return UNREACHABLE.test(output);
}

/**
 * @param {string} words
 * @returns {string | null}
 */
function sentenceFor(words) {
  if (/ENOSPC|EDQUOT|no space left/i.test(words)) return "The disk is full; make room and run the command again.";
  if (/EROFS|read-only file system/i.test(words)) {
    return "Tollgate's folder is read-only; its tools and packages have to be put into it once.";
  }
  if (/EACCES|EPERM|permission denied/i.test(words)) {
    return "This user may not write where Tollgate's tools and packages go; check who owns its folder (and npm's cache).";
  }
  if (isUnreachable(words)) {
    return "The npm registry cannot be reached; the first start (and one after an update) needs it, later ones do not.";
  }
  return null;
}

/**
 * Ends with this code once everything written has left.
 *
 * @param {number} code
 * @returns {Promise<never>}
 */
export async function exit(code) {
  await new Promise((resolve) => process.stdout.write("", resolve));
  process.exit(code);
}
