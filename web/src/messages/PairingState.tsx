import { Button } from "@mantine/core";
import { ProblemText } from "../components/ProblemText.js";
import { QrCode } from "../components/QrCode.js";
import { useAction } from "../components/use-action.js";
import { useNow } from "../components/use-now.js";
import { CountdownRing } from "./CountdownRing.js";
import { expiryOf } from "./expiry.js";
import classes from "./Messages.module.css";
import { usePair } from "./PairPhone.js";
import type { PairingNow } from "./use-session-live.js";

const QR_SECONDS = 60;
const CODE_SECONDS = 120;
const TICK_MS = 250;

type Pairing = Extract<PairingNow, { __typename: "WhatsAppQrReady" | "WhatsAppPairingCodeReady" }>;

/** What the phone has to scan or to type, with what is left of it; a new one is one press away. */
export function PairingState({ state, sessionId }: { state: Pairing; sessionId: string }) {
  const now = useNow(TICK_MS);
  const pair = usePair(sessionId);
  const action = useAction();
  const isQr = state.__typename === "WhatsAppQrReady";
  const expiry = expiryOf(state.expiresAt, isQr ? QR_SECONDS : CODE_SECONDS, now);
  const renew = () => action.run(() => pair(isQr ? null : state.session.phone));
  return (
    <div className={classes.pairing}>
      {isQr ? (
        <>
          <p>On the phone, open WhatsApp, Linked devices, and scan this.</p>
          <QrCode
            text={state.qr}
            label={expiry.expired ? "QR code, expired" : "QR code to scan with the phone"}
            faded={expiry.expired}
          />
        </>
      ) : (
        <>
          <p>On the phone, open WhatsApp, Linked devices, and type this code.</p>
          <p className={classes.code} data-faded={expiry.expired || undefined}>
            {state.code}
          </p>
        </>
      )}
      <div className={classes.row}>
        <CountdownRing expiry={expiry} />
        {expiry.expired ? (
          (isQr || state.session.phone) && (
            <Button size="xs" loading={action.busy} onClick={renew}>
              {isQr ? "Show a new QR code" : "Show a new code"}
            </Button>
          )
        ) : (
          <span className="small dimmed">
            {isQr
              ? `QR code ${state.attempt} of ${state.attempts}; the next one comes by itself.`
              : "Valid until the ring is empty."}
          </span>
        )}
      </div>
      <ProblemText>{action.problem}</ProblemText>
    </div>
  );
}
