import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { SegmentedControl } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useMay } from "../app/services-context.js";

const PATHS = {
  offers: "/catalogue",
  subscriptions: "/catalogue/subscriptions",
  selling: "/catalogue/selling",
} as const;

type View = keyof typeof PATHS;

/** Between what is on offer, what one has of it, and what one sells oneself. */
export function CatalogueNav({ view }: { view: View }) {
  const navigate = useNavigate();
  const [maySubscriptions, maySell] = [useMay("serviceSubscription:read"), useMay("catalogue:manage")];
  const choices: { value: View; label: string }[] = [
    { value: "offers", label: "On offer" },
    ...(maySubscriptions ? [{ value: "subscriptions" as const, label: "Subscriptions" }] : []),
    ...(maySell ? [{ value: "selling" as const, label: "What we sell" }] : []),
  ];
  return (
    <SegmentedControl
      size="xs"
      aria-label="Which part of the catalogue"
      value={view}
      data={choices}
      onChange={(value) => {
        navigate({ to: PATHS[value as View] }).catch(() => undefined); // one of the choices; the page stays as it is
      }}
    />
  );
}
