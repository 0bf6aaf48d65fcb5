import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { AccessClaims } from "@tollgate/kit/protocol";
import type { ExecutionResult, GraphQLError } from "graphql";
import type { Answer } from "../subscribe/answer.js";

/** One answer that stays open, in the events of graphql-sse: `next` for each result, `complete` at the end. */
export class EventConnection {
  private readonly beat: NodeJS.Timeout;
  private ended = false;

  constructor(
    private readonly response: ServerResponse,
    readonly claims: AccessClaims | null,
    private readonly beatMilliseconds: number,
  ) {
    this.beat = setInterval(() => this.response.write(":\n\n"), beatMilliseconds); // proxies end what is silent
    this.beat.unref();
    response.once("close", () => clearInterval(this.beat));
  }

  /** Whether nothing more can be sent. */
  get gone(): boolean {
    return this.response.destroyed || this.ended;
  }

  /** Calls `listener` when the client has gone, or has taken all that was sent at the end. */
  onGone(listener: () => void): void {
    this.response.once("close", listener);
  }

  /** Sends a result; resolves when there is room for another one, or the client is gone. */
  async next({ json }: Pick<Answer, "json">): Promise<void> {
    if (this.gone || this.response.write(nextEvent(json))) return;
    await Promise.race([once(this.response, "drain"), once(this.response, "close")]);
  }

  /** There is nothing more to come, for this reason if there is one. Who does not take it is cut off after a while. */
  complete(errors: readonly GraphQLError[] = []): void {
    if (this.gone) return;
    this.ended = true;
    clearInterval(this.beat);
    this.response.end(lastEvents(errors.length > 0 ? { errors } : null));
    const patience = setTimeout(() => this.response.destroy(), this.beatMilliseconds);
    this.response.once("close", () => clearTimeout(patience));
  }

  /** Cuts it off without `complete`: the client asks again, elsewhere or later. */
  cutOff(): void {
    this.ended = true;
    this.response.destroy();
  }
}

function nextEvent(json: string): string {
  return `event: next\ndata: ${json}\n\n`;
}

/** The end of a stream, with a last result if there is one. */
export function lastEvents(result: ExecutionResult | null): string {
  return `${result ? nextEvent(JSON.stringify(result)) : ""}event: complete\ndata:\n\n`;
}
