import { audit, requireId } from "@tollgate/kit";
import { Arg, Ctx, Directive, Mutation, type OperationContext, outcome, Resolver } from "@tollgate/kit/graphql";
import { type Finding, verifyLedger } from "../ledger/verify.js";
import { type LedgerFinding, LedgerVerification, VerifyLedgerInput, VerifyLedgerResult } from "./verify.types.js";
import { walletById, walletsById } from "./wallets.js";

@Resolver(() => LedgerVerification)
export class VerifyLedgerResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["ledger:verify"]])')
  @Directive("@cost(weight: 200)")
  @Mutation(() => VerifyLedgerResult as never, {
    nullable: true,
    description: "Entries balance, wallets equal their postings, holds equal open holds.",
  })
  verifyLedger(
    @Arg("input", () => VerifyLedgerInput) { walletId = null }: VerifyLedgerInput,
    @Ctx() context: OperationContext,
  ) {
    return outcome(VerifyLedgerResult, () =>
      context.write(async (tx) => {
        if (walletId !== null) {
          requireId("wallet", walletId);
          await walletById(tx, walletId);
        }
        const { findings: about, ...verified } = await verifyLedger(tx, walletId);
        const wallets = await walletsById(tx, [...new Set(about.flatMap((finding) => finding.walletId ?? []))]);
        const shown = ({ difference, ...finding }: Finding): LedgerFinding => {
          const currency = wallets.get(finding.walletId ?? "")?.currency;
          const money = difference === null || !currency ? null : { minorUnits: difference, currency };
          return { ...finding, difference: money };
        };
        const findings = about.map(shown);
        const after = { findings: findings.length };
        await audit(tx, "billing", { action: "ledger:verify", resource: "ledger", resourceId: walletId, after });
        return { ...verified, findings, verifiedAt: this.clock() };
      }),
    );
  }
}
