import { connect, type Socket } from "node:net";

/** Nobody is left waiting for so long: whoever is has found a fault. */
const HUNG_MILLISECONDS = 20_000;

/** A connection of bytes, as bad clients have them. */
export class RawConnection {
  /** All that came, a character for a byte. */
  received = "";
  private readonly socket: Socket;
  private readonly waiting = new Set<() => void>();
  private closed = false;
  private hung = false;

  /** @param localAddress ours: each address has ports of its own, which are free again only after a minute */
  constructor(port: number, localAddress: string) {
    this.socket = connect({ port, host: "127.0.0.1", localAddress, noDelay: true });
    this.socket.setTimeout(HUNG_MILLISECONDS, () => {
      this.hung = true;
      this.socket.destroy();
    });
    this.socket.on("data", (chunk) => {
      this.received += chunk.toString("latin1");
      this.wake();
    });
    this.socket.on("error", () => this.socket.destroy()); // broken off by the other side, as may happen to bad clients
    this.socket.on("close", () => {
      this.closed = true;
      this.wake();
    });
  }

  send(bytes: Buffer | string): void {
    if (!this.closed) this.socket.write(bytes);
  }

  /** Sends nothing more; what comes is still taken. */
  end(): void {
    this.socket.end();
  }

  /** Resolves when this has come, or the connection is closed. */
  async seen(isThere: (received: string) => boolean): Promise<void> {
    while (!this.closed && !isThere(this.received)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.add(resolve);
      await promise;
    }
  }

  /** @throws when the other side left it open and silent */
  async whenClosed(): Promise<void> {
    await this.seen(() => false);
    if (this.hung) throw new Error(`A connection was left hanging; what came last: ${this.received.slice(-300)}`);
  }

  private wake(): void {
    for (const resume of this.waiting) resume();
    this.waiting.clear();
  }
}

/** Whether a server's WebSocket frames have one that closes. */
export function hasCloseFrame(received: string): boolean {
  let at = received.indexOf("\r\n\r\n") + 4;
  while (at >= 4 && at + 2 <= received.length) {
    if ((received.charCodeAt(at) & 15) === 8) return true;
    at += frameLength(received, at);
  }
  return false;
}

function frameLength(received: string, at: number): number {
  const short = received.charCodeAt(at + 1) & 127;
  if (short < 126) return 2 + short;
  const digits = short === 126 ? 2 : 8;
  const length = [...received.slice(at + 2, at + 2 + digits)].reduce(
    (sum, character) => sum * 256 + character.charCodeAt(0),
    0,
  );
  return 2 + digits + length;
}
