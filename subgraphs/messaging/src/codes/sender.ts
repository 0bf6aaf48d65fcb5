import type { Database, Worker } from "@tollgate/kit";
import { type Logger, Loop } from "@tollgate/kit/process";
import { type DriverConnection, MessageRefused } from "../whatsapp/driver.js";
import { requireHeld } from "../whatsapp/listener.js";
import type { SessionRow } from "../whatsapp/session.schema.js";
import type { SignInCode } from "./code.schema.js";
import { type CodeKeeping, claimCodes, codeText, mailOverdue, recordCodeFailure, recordCodeSent } from "./codes.js";

const AT_ONCE = 20;
const POLL_MILLISECONDS = 2_000;

/** Hands codes over to the connection of the session that they go out by, beside its messages. */
export class CodeSender {
  constructor(
    private readonly database: Database,
    private readonly keeping: CodeKeeping,
    /** There may be mails to send. */
    private readonly mailed: () => void,
    private readonly logger: Logger,
  ) {}

  /** @returns whether there may be more to send at once. */
  async send(session: SessionRow, connection: DriverConnection): Promise<boolean> {
    const claimed = await this.database.system("whatsapp", async (tx) => {
      const isConnected = (await requireHeld(tx, session)) === "CONNECTED";
      return isConnected ? claimCodes(tx, session.id, AT_ONCE, this.keeping.clock()) : [];
    });
    for (const code of claimed) await this.hand(session, connection, code);
    if (claimed.length > 0) this.mailed();
    return claimed.length === AT_ONCE;
  }

  private async hand(session: SessionRow, connection: DriverConnection, code: SignInCode): Promise<void> {
    if (!code.sealed) return;
    const { atRest, mailboxShows, clock } = this.keeping;
    const text = codeText(atRest.open(code.sealed, code.id));
    const refusal = await connection.send({ id: code.id, to: code.phone, text }).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    await this.database.system("whatsapp", async (tx) => {
      await requireHeld(tx, session);
      if (refusal === null) await recordCodeSent(tx, code, mailboxShows && session.driver === "SIMULATED", clock());
      else await recordCodeFailure(tx, code, refusal instanceof MessageRefused, clock());
    });
    // The driver's own words may repeat what it was given to send: they are left out.
    if (refusal !== null) this.logger.warn({ code: code.id, session: session.id }, "a sign-in code could not be sent");
  }
}

/** Turns codes into mails that no session has sent in time. */
export class CodeFallback implements Worker {
  readonly name = "sign-in codes";
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    private readonly clock: () => Date,
    private readonly mailed: () => void,
    logger: Logger,
  ) {
    this.loop = new Loop("sign-in codes", POLL_MILLISECONDS, () => this.turn(), logger);
  }

  start(): void {
    this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** @returns whether there may be more to do at once. */
  private async turn(): Promise<boolean> {
    const count = await this.database.system("sign-in-codes", (tx) => mailOverdue(tx, this.clock()));
    if (count > 0) this.mailed();
    return false;
  }
}
