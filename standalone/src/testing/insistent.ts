import { type Answer, Person } from "./tollgate.js";

const PATIENCE_MILLISECONDS = 120_000;
const PAUSE_MILLISECONDS = 100;

/** Somebody who asks the same again, with the same keys, for as long as a part is away. */
export class InsistentPerson extends Person {
  /** What was said of parts that were away. */
  readonly refusals: string[] = [];

  override async ask(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const deadline = Date.now() + PATIENCE_MILLISECONDS;
    for (;;) {
      const answer = await super.ask(query, variables, headers).catch((error: unknown) => String(error));
      if (typeof answer !== "string" && !answer.errors) return answer;
      const reason = typeof answer === "string" ? answer : JSON.stringify(answer.errors);
      const isAway = typeof answer === "string" || answer.errors?.every(({ extensions }) => isOutage(extensions));
      if (!isAway || Date.now() > deadline) throw new Error(reason);
      this.refusals.push(reason);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  }
}

const isOutage = (extensions: Record<string, unknown>): boolean => extensions["code"] === "UNAVAILABLE";
