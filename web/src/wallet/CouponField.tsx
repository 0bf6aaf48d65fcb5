import { useQuery } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useMay } from "../app/services-context.js";
import { CouponOfferDocument } from "../gql/graphql.js";

const TYPING_MS = 400;

interface CouponFieldProps {
  code: string;
  onType(code: string): void;
  /** What it would be used for; null while there is no amount. */
  amount: { minorUnits: string; currency: string } | null;
  /** Why the server would not take it. */
  problem: string | null;
}

/** The code of a coupon, with what it would add to the amount that is typed. */
export function CouponField({ code, onType, amount, problem }: CouponFieldProps) {
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const offer = useOffer(code, amount);
  const refusal = problem ?? (offer === "NONE" ? "This coupon cannot be used for this amount." : null);
  // Whoever asked for the field types into it next.
  useEffect(() => {
    if (open) field.current?.focus();
  }, [open]);
  if (!open) {
    return (
      <Button size="xs" variant="subtle" onClick={() => setOpen(true)}>
        Use a coupon
      </Button>
    );
  }
  return (
    <TextInput
      ref={field}
      label="Coupon"
      autoComplete="off"
      autoCapitalize="characters"
      maxLength={40}
      value={code}
      onChange={(event) => onType(event.currentTarget.value)}
      error={refusal}
      description={
        !refusal && (typeof offer === "object" && offer ? <span role="status">Adds {offer.adds}.</span> : "Optional.")
      }
      inputWrapperOrder={["label", "input", "error", "description"]}
    />
  );
}

/** What the code would add; NONE where it cannot be used, null while nobody knows. */
function useOffer(code: string, amount: CouponFieldProps["amount"]): { adds: string } | "NONE" | null {
  const may = useMay("catalogue:read");
  const [asked] = useDebouncedValue(
    code.trim() === "" || !amount
      ? null
      : { code: code.trim(), minorUnits: amount.minorUnits, currency: amount.currency },
    TYPING_MS,
  );
  const { data, loading } = useQuery(CouponOfferDocument, {
    variables: {
      code: asked?.code ?? "",
      amount: { minorUnits: asked?.minorUnits ?? "0", currency: asked?.currency ?? "ZAR" },
    },
    skip: !may || asked === null,
    fetchPolicy: "no-cache",
  });
  if (asked === null || loading || !data || asked.code !== code.trim()) return null;
  return data.couponOffer ? { adds: data.couponOffer.discount.formatted } : "NONE";
}
