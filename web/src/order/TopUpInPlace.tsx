import { Button } from "@mantine/core";
import { useState } from "react";
import { Dialog } from "../components/Dialog.js";
import { TopUp } from "../wallet/TopUp.js";

interface TopUpInPlaceProps {
  walletId: string;
  currency: string;
  /** Minor units that are missing. */
  shortfall: string;
}

/** Brings the missing money without leaving what one orders. */
export function TopUpInPlace({ walletId, currency, shortfall }: TopUpInPlaceProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" fullWidth onClick={() => setOpen(true)}>
        Top up the wallet
      </Button>
      <Dialog title="Top up the wallet" open={open} onClose={() => setOpen(false)}>
        <TopUp walletId={walletId} currency={currency} suggested={shortfall} />
        <Button variant="subtle" onClick={() => setOpen(false)}>
          Back to the order
        </Button>
      </Dialog>
    </>
  );
}
