import "@mantine/core/styles/Input.css";
import "@mantine/core/styles/InlineInput.css";
import "@mantine/core/styles/Radio.css";
import { useMutation } from "@apollo/client/react";
import { Button, Radio, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useFormats, useMay, usePerson } from "../app/services-context.js";
import { useHome } from "../app/use-home.js";
import { Dialog, DialogButtons } from "../components/Dialog.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { AdjustWalletDocument, type WalletNowFragment } from "../gql/graphql.js";
import { type AdjustmentErrors, type AdjustmentForm, readAdjustment } from "./adjustment.js";
import classes from "./Wallet.module.css";

/** The way to correct a wallet, for whoever is above the organisation whose wallet it is. */
export function AdjustWallet({ wallet }: { wallet: WalletNowFragment }) {
  const may = useMay("wallet:adjust");
  const own = usePerson()?.organisation?.id;
  const { organisation } = useHome();
  const [open, setOpen] = useState(false);
  if (!may || !organisation || organisation.id === own || wallet.state === "CLOSED") return null;
  const close = () => setOpen(false);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setOpen(true)}>
        Adjust the wallet
      </Button>
      <Dialog title={`Adjust the wallet: ${organisation.name}`} open={open} onClose={close}>
        <Adjustment wallet={wallet} onClose={close} />
      </Dialog>
    </>
  );
}

const EMPTY: AdjustmentForm = { direction: "add", amount: "", reason: "" };

function Adjustment({ wallet, onClose }: { wallet: WalletNowFragment; onClose(): void }) {
  const { id: walletId, currency } = wallet;
  const { locale } = useFormats();
  const [adjust] = useMutation(AdjustWalletDocument);
  const [form, setForm] = useState(EMPTY);
  const [errors, setErrors] = useState<AdjustmentErrors>({});
  const action = useAction();
  const intent = useIntent();
  const set = (change: Partial<AdjustmentForm>) => {
    setForm({ ...form, ...change });
    setErrors({});
  };

  const go = async () => {
    const read = readAdjustment(form, currency, locale);
    setErrors("errors" in read ? read.errors : {});
    if ("errors" in read) return null;
    const input = { walletId, amount: { minorUnits: read.minorUnits, currency }, reason: read.reason };
    const answer = await adjust({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.adjustWallet;
    if (!result) return NO_ANSWER;
    intent.settle();
    switch (result.__typename) {
      case "Wallet":
        onClose();
        return null;
      case "InsufficientFundsProblem":
        setErrors({ amount: freeWords(result.available) });
        return null;
      case "InvalidInputProblem": {
        const found = Object.fromEntries(result.fields.map(({ path: [field = ""], message }) => [field, message]));
        setErrors(found);
        return found["amount"] || found["reason"] ? null : result.message;
      }
      default:
        return result.message;
    }
  };

  return (
    <form
      noValidate
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        action.run(go);
      }}
    >
      <p>
        A correcting entry without a payment behind it. Everybody who sees the wallet reads it among its transactions,
        and it is kept in the audit trail. It is taken back by another one only.
      </p>
      <Radio.Group
        label="What"
        value={form.direction}
        onChange={(direction) => set({ direction: direction === "take" ? "take" : "add" })}
      >
        <div className={classes.ways}>
          <Radio value="add" label="Add money" description="Pays what is owed first; machines that stopped may run." />
          <Radio value="take" label="Take money away" description="Never below zero, and not what is on hold." />
        </div>
      </Radio.Group>
      <TextInput
        label={`Amount in ${currency}`}
        inputMode="decimal"
        autoComplete="off"
        value={form.amount}
        onChange={(event) => set({ amount: event.currentTarget.value })}
        error={errors.amount}
        description={form.direction === "add" && `${wallet.available.formatted} are available now.`}
        inputWrapperOrder={["label", "input", "error", "description"]}
      />
      <Textarea
        label="Reason"
        rows={3}
        maxLength={500}
        value={form.reason}
        onChange={(event) => set({ reason: event.currentTarget.value })}
        error={errors.reason}
      />
      <ProblemText>{action.problem}</ProblemText>
      <DialogButtons>
        <Button variant="default" onClick={onClose}>
          Not now
        </Button>
        <Button type="submit" loading={action.busy} {...(form.direction === "take" && { color: "red.9" })}>
          {form.direction === "take" ? "Take it away" : "Add it"}
        </Button>
      </DialogButtons>
    </form>
  );
}

const freeWords = ({ minorUnits, formatted }: { minorUnits: string; formatted: string }): string =>
  BigInt(minorUnits) > 0n
    ? `At most ${formatted}: the rest is on hold, or credit.`
    : "Nothing: what there is, is on hold or credit.";
