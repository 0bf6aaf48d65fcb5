import { type ThreadLimits, ThreadQueue } from "@tollgate/kit";

/** What zxcvbn makes of a password. */
export interface PasswordScore {
  /** 0 to 4; below 3 somebody who tries will find it. */
  score: number;
  /** It is one of the passwords that everybody tries first, with little around it. */
  isCommon: boolean;
}

/** Longer than any honest text of 64 characters takes; the thread holds dictionaries of some 60 MB. */
const LIMITS: ThreadLimits = { queue: 64, milliseconds: 10_000, idleMilliseconds: 60_000 };

const WORDS = {
  name: "password scorer",
  tooMany: "Too many new passwords at once; try again in a moment.",
  tooLong: "This password took too long to check.",
};

/** Beyond this zxcvbn takes seconds and more. */
const SCORED_CHARACTERS = 64;

/** Scores passwords in a worker thread. */
export class PasswordScorer {
  private readonly thread: ThreadQueue<{ text: string; known: string[] }, PasswordScore>;

  constructor(limits: Partial<ThreadLimits> = {}) {
    this.thread = new ThreadQueue("./scoring-worker", import.meta.url, { ...LIMITS, ...limits }, WORDS);
  }

  /**
   * Of the first 64 characters.
   * @param known texts that a guesser would try for this person: e-mail, name.
   * @throws RateLimitedFault when too many wait; UnavailableFault when it takes too long.
   */
  score(password: string, known: readonly string[]): Promise<PasswordScore> {
    const cut = (text: string) => text.slice(0, SCORED_CHARACTERS);
    return this.thread.run({ text: cut(password), known: known.map(cut) });
  }

  /** Ends the thread; what waits is refused. */
  stop(): Promise<void> {
    return this.thread.stop();
  }
}
