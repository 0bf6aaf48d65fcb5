import type { Logger } from "pino";
import type { AccessClaims } from "../protocol/caller.js";
import type { IdentitySource, Revocations } from "../protocol/identity.js";

/** Tokens live 15 minutes; what was revoked before the oldest one need not be remembered. */
const rememberMilliseconds = 20 * 60_000;
const silenceMilliseconds = 1_000;
/** How long a request waits for accounts while its heartbeat is missing. */
const askMilliseconds = 500;

interface Remembered<T> {
  value: T;
  at: number;
}

/**
 * Knows which sessions were ended and whose permissions changed, never much later than the polling interval. The
 * requests of the next second see it, and listeners hear of it at once.
 */
export class RevocationWatch {
  private sequence: string | null = null;
  private readonly ended = new Map<string, Remembered<true>>();
  private readonly versions = new Map<string, Remembered<number>>();
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | null = null;
  private silence: NodeJS.Timeout | null = null;
  private stopped = false;
  private reading: Promise<void> | null = null;
  /** When accounts answered last, epoch milliseconds; null before the first time. */
  private answeredAt: number | null = null;

  constructor(
    private readonly source: IdentitySource,
    private readonly intervalMilliseconds: number,
    private readonly logger: Logger,
  ) {}

  /** Reads everything of the last minutes, then goes on by itself; resolves after the first attempt. */
  async start(): Promise<void> {
    await this.round();
  }

  /** False until the revocations were read once: until then nobody can be believed. */
  get loaded(): boolean {
    return this.answeredAt !== null;
  }

  /**
   * Resolves when what is known is at most a second old: at once while the heartbeat is heard, else after asking
   * accounts, one question for all who wait. Where accounts does not answer within half a second it resolves all the same:
   * its tokens then count until they run out, as there is nobody who could end a session either.
   */
  async upToDate(): Promise<void> {
    if (this.answeredAt === null || Date.now() - this.answeredAt < silenceMilliseconds) return;
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, askMilliseconds);
    });
    await Promise.race([this.ask(), enough]);
    clearTimeout(timer);
  }

  isEnded(sessionId: string): boolean {
    return this.ended.has(sessionId);
  }

  /** Whether the permissions in a token are older than what its user may do now. */
  isStale(claims: AccessClaims): boolean {
    const version = this.versions.get(claims.sub)?.value;
    return version !== undefined && version > claims.permissionsVersion;
  }

  /** Calls `listener` after each round that brought something; returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Ends the polling; resolves when no question is under way any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    if (this.silence) clearTimeout(this.silence);
    await this.reading;
  }

  private async round(): Promise<void> {
    await this.ask();
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.round(), this.intervalMilliseconds);
    this.timer.unref();
  }

  /** One question at a time; who comes while it is under way shares its answer. */
  private ask(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async read(): Promise<void> {
    this.warnUnlessAnswered();
    try {
      this.remember(await this.source.revocations(this.sequence));
      this.answeredAt = Date.now();
      if (this.silence) clearTimeout(this.silence);
      this.silence = null;
    } catch (error) {
      this.logger.debug({ err: error }, "revocations could not be read");
    }
  }

  /** One warning for each second of silence, however many attempts fail in it. */
  private warnUnlessAnswered(): void {
    if (this.silence || this.stopped) return;
    this.silence = setTimeout(() => {
      this.silence = null;
      this.logger.warn("revocations have not been read for a second; trying on");
    }, silenceMilliseconds);
    this.silence.unref();
  }

  private remember(news: Revocations): void {
    const at = Date.now();
    this.sequence = news.sequence;
    for (const sessionId of news.endedSessionIds) this.ended.set(sessionId, { value: true, at });
    for (const { userId, version } of news.permissionsVersions) this.versions.set(userId, { value: version, at });
    forgetBefore(this.ended, at - rememberMilliseconds);
    forgetBefore(this.versions, at - rememberMilliseconds);
    if (news.endedSessionIds.length === 0 && news.permissionsVersions.length === 0) return;
    for (const listener of this.listeners) listener();
  }
}

function forgetBefore(remembered: Map<string, Remembered<unknown>>, moment: number): void {
  for (const [key, entry] of remembered) if (entry.at < moment) remembered.delete(key);
}
