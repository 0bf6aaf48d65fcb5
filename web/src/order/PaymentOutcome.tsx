import { useState } from "react";
import { Dialog } from "../components/Dialog.js";
import { TopUp } from "../wallet/TopUp.js";

interface PaymentOutcomeProps {
  topUpId: string;
  wallet: { id: string; currency: string };
}

/** What became of the payment that the person comes back from, before the order goes on. */
export function PaymentOutcome({ topUpId, wallet }: PaymentOutcomeProps) {
  const [open, setOpen] = useState(true);
  const close = () => setOpen(false);
  return (
    <Dialog title="Your payment" open={open} onClose={close}>
      <TopUp
        walletId={wallet.id}
        currency={wallet.currency}
        cameBackFrom={topUpId}
        next={{ label: "Back to the order", go: close }}
      />
    </Dialog>
  );
}
