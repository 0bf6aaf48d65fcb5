/** A page's own code did not come because nobody answers. */
export class CodeMissing extends Error {
  constructor(cause: unknown) {
    super("The code of the page did not come", { cause });
  }
}

/** Whether a page's scripts or styles did not come: the server is away, or it has a newer version by now. */
export function isMissingCode(error: unknown): boolean {
  return (
    error instanceof CodeMissing ||
    (error instanceof Error &&
      /dynamically imported module|importing a module script|unable to preload css/i.test(error.message))
  );
}

/** Whether the server has an answer to anything. */
export async function serverAnswers(): Promise<boolean> {
  const asked = fetch(`${import.meta.env.BASE_URL}favicon.svg`, { method: "HEAD", cache: "no-store" });
  return await asked.then(
    ({ ok }) => ok,
    () => false,
  );
}

/**
 * The code of a page. The router loads the whole app anew when some is missing, which is right after a new version, and
 * leaves the person with the browser's own page of errors while nobody answers: then it is told another error.
 */
export async function codeOfPage<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if (isMissingCode(error) && !(await serverAnswers())) throw new CodeMissing(error);
    throw error;
  }
}
