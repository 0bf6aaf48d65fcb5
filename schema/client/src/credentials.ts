/**
 * Gives the bearer token; called before each request and each connection, so it should remember the token.
 *
 * @param refused the token that the graph took no more, when a new one is needed; else null
 * @throws a TollgateError that is temporary to be asked again later; anything else ends what needed the token
 */
export type TokenSource = (refused: string | null) => string | Promise<string>;

/** Who asks: a person's access token, or the API key of an organisation. */
export type Credentials = { token: string | TokenSource } | { apiKey: string };

/** What a request shows of itself, and the token in it, if it has one. */
export interface Shown {
  headers: Readonly<Record<string, string>>;
  token: string | null;
}

/** Keeps the credentials up to date: one renewal at a time, however many requests wait for it. */
export class Keyring {
  private latest: string | null = null;
  private refused: string | null = null;
  private asking: Promise<string> | null = null;

  constructor(private readonly credentials: Credentials) {}

  /** Whether a refused token can become another one. */
  get isRenewable(): boolean {
    return "token" in this.credentials && typeof this.credentials.token === "function";
  }

  async show(): Promise<Shown> {
    if ("apiKey" in this.credentials) return { headers: { "x-api-key": this.credentials.apiKey }, token: null };
    const { token: source } = this.credentials;
    const token = typeof source === "string" ? source : await this.ask(source);
    return { headers: { authorization: `Bearer ${token}` }, token };
  }

  /** The graph took a token no more: the next one asked for is another. An older one than the last counts as replaced. */
  refuse(token: string | null): void {
    if (token !== null && token === this.latest) this.refused = token;
  }

  private ask(source: TokenSource): Promise<string> {
    this.asking ??= this.askOnce(source).finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async askOnce(source: TokenSource): Promise<string> {
    const refused = this.refused;
    const token = await source(refused);
    this.refused = null;
    this.latest = token;
    return token;
  }
}
