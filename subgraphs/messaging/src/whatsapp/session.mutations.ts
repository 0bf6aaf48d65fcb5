import { audit, type Sealer, type SubgraphKit, type Tx } from "@tollgate/kit";
import { Arg, Ctx, Directive, Mutation, type OperationContext, outcome, Resolver } from "@tollgate/kit/graphql";
import { scan } from "../adapters/simulated/phone.js";
import { once } from "../idempotency/idempotency.js";
import type { SessionLimits } from "./limits.js";
import type { SessionRow } from "./session.schema.js";
import {
  ConnectWhatsAppInput,
  CreateWhatsAppSessionInput,
  DisconnectWhatsAppInput,
  LogOutWhatsAppInput,
  PairWhatsAppInput,
  RemoveWhatsAppSessionInput,
  ScanWithSimulatedPhoneInput,
  WhatsAppSessionResult,
} from "./session.types.js";
import {
  connectSession,
  createSession,
  disconnectSession,
  logOutSession,
  pairSession,
  removeSession,
  requireSession,
  sessionsById,
} from "./sessions.js";

const MANAGE = '@requiresScopes(scopes: [["whatsapp:manage"]])';

export interface SessionMutationsOptions {
  sealer: Sealer;
  clock: () => Date;
  sessionLimits: SessionLimits;
  /** The runner shall look at once. */
  wake: () => void;
}

@Resolver()
export class SessionMutationsResolver {
  constructor(
    private readonly kit: SubgraphKit,
    private readonly options: SessionMutationsOptions,
  ) {}

  @Directive(MANAGE)
  @Mutation(() => WhatsAppSessionResult as never, {
    nullable: true,
    description: "A session in state DISCONNECTED; the driver's risk must be accepted for BAILEYS.",
  })
  createWhatsAppSession(
    @Arg("input", () => CreateWhatsAppSessionInput) input: CreateWhatsAppSessionInput,
    @Ctx() context: OperationContext,
  ) {
    const at = this.options.clock();
    return this.change(context, "create", async (tx) => {
      const id = await once(tx, "createWhatsAppSession", input, at, async () => {
        const created = await createSession(tx, input, this.options.sessionLimits, at);
        return created.id;
      });
      return requireSession(id, (await sessionsById(tx, [id])).get(id));
    });
  }

  @Directive(MANAGE)
  @Mutation(() => WhatsAppSessionResult as never, {
    nullable: true,
    description: "Starts pairing; QR codes or the pairing code come by the subscription whatsappSession.",
  })
  pairWhatsApp(@Arg("input", () => PairWhatsAppInput) input: PairWhatsAppInput, @Ctx() context: OperationContext) {
    return this.change(context, "pair", (tx) =>
      pairSession(tx, input.sessionId, input.phone ?? null, this.options.clock()),
    );
  }

  @Directive(MANAGE)
  @Mutation(() => WhatsAppSessionResult as never, {
    nullable: true,
    description: "Connects a session that is paired already.",
  })
  connectWhatsApp(
    @Arg("input", () => ConnectWhatsAppInput) input: ConnectWhatsAppInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, "connect", (tx) => connectSession(tx, input.sessionId, this.options.clock()));
  }

  @Directive(MANAGE)
  @Mutation(() => WhatsAppSessionResult as never, {
    nullable: true,
    description: "Keeps the pairing; also stops a pairing under way.",
  })
  disconnectWhatsApp(
    @Arg("input", () => DisconnectWhatsAppInput) input: DisconnectWhatsAppInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, "disconnect", (tx) => disconnectSession(tx, input.sessionId, this.options.clock()));
  }

  @Directive(MANAGE)
  @Mutation(() => WhatsAppSessionResult as never, {
    nullable: true,
    description: "Ends the pairing at WhatsApp and destroys the credentials.",
  })
  logOutWhatsApp(
    @Arg("input", () => LogOutWhatsAppInput) input: LogOutWhatsAppInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, "logOut", (tx) => logOutSession(tx, input.sessionId, this.options.clock()));
  }

  @Directive(MANAGE)
  @Mutation(() => WhatsAppSessionResult as never, {
    nullable: true,
    description: "Logs out and takes the session away; its conversations stay.",
  })
  removeWhatsAppSession(
    @Arg("input", () => RemoveWhatsAppSessionInput) input: RemoveWhatsAppSessionInput,
    @Ctx() context: OperationContext,
  ) {
    return this.change(context, "remove", (tx) => removeSession(tx, input.sessionId, this.options.clock()));
  }

  @Directive(MANAGE)
  @Mutation(() => WhatsAppSessionResult as never, {
    nullable: true,
    description: "Of the simulated driver: the phone scans the QR or types the code.",
  })
  scanWithSimulatedPhone(
    @Arg("input", () => ScanWithSimulatedPhoneInput) input: ScanWithSimulatedPhoneInput,
    @Ctx() context: OperationContext,
  ) {
    const { sealer, clock } = this.options;
    return this.change(context, "scan", (tx) => scan(tx, input.sessionId, input.code, sealer, clock()));
  }

  private async change(context: OperationContext, action: string, work: (tx: Tx) => Promise<SessionRow>) {
    const result = await outcome(WhatsAppSessionResult, () =>
      context.write(async (tx) => {
        const session = await work(tx);
        const { id, organisationId, status } = session;
        await audit(tx, this.kit.name, {
          action: `whatsapp:${action}`,
          resource: "whatsapp",
          resourceId: id,
          organisationId,
          after: { status },
        });
        return session;
      }),
    );
    this.options.wake();
    return result;
  }
}
