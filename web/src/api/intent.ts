/**
 * The idempotency key of what a person means to do. A retry of the same input keeps its key, so that it is done once
 * however often it is sent; another input is another intent.
 */
export interface Intent {
  keyFor(input: unknown): string;
  /** It was done, or refused for good: the next time is meant anew. */
  settle(): void;
}

/** @param makeKey makes a key that nobody else has */
export function createIntent(makeKey: () => string = randomKey): Intent {
  let meant: { input: string; key: string } | null = null;
  return {
    keyFor(input) {
      const text = JSON.stringify(input);
      if (meant?.input !== text) meant = { input: text, key: makeKey() };
      return meant.key;
    },
    settle() {
      meant = null;
    },
  };
}

/** 128 random bits; unlike `crypto.randomUUID` also on pages without TLS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
