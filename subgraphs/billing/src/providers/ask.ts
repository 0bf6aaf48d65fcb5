import { refuseInTransaction } from "@tollgate/kit";
import { ProviderAway } from "./provider.js";

const PATIENCE_MILLISECONDS = 10_000;
/** Of an answer: theirs have a few kilobytes. */
const MOST_CHARACTERS = 1_000_000;

export interface ProviderAnswer {
  status: number;
  text: string;
}

/**
 * One request to a provider, which has ten seconds. Redirects are not followed: no provider's interface has any.
 * @throws ProviderAway when it does not answer in time, or answers with a failure of its own (5xx).
 */
export const askProvider = async (url: string, init: RequestInit): Promise<ProviderAnswer> => {
  refuseInTransaction("asking a payment provider");
  try {
    const answer = await fetch(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
    const text = await answer.text();
    if (answer.status >= 500 || text.length > MOST_CHARACTERS) throw new ProviderAway(`It answered ${answer.status}.`);
    return { status: answer.status, text };
  } catch (error) {
    if (error instanceof ProviderAway) throw error;
    throw new ProviderAway("It does not answer.", { cause: error });
  }
};

/** @throws ProviderAway for what is no JSON. */
export const jsonOfAnswer = ({ text, status }: ProviderAnswer): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProviderAway(`It answered ${status} with something else than JSON.`, { cause: error });
  }
};
