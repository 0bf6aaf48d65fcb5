import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { Button, SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useMay, usePerson } from "../app/services-context.js";
import { useHomeId } from "../app/use-home.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { OrganisationPicker } from "../organisation/OrganisationPicker.js";
import { CouponsView } from "./CouponsView.js";
import { ListsView } from "./ListsView.js";
import { PromotionsView } from "./PromotionsView.js";
import type { PricesSearch } from "./prices-search.js";
import { TaxesView } from "./TaxesView.js";

/** What things cost: the list that counts, offers that take something off, and the tax that comes on top. */
export function PricesPage() {
  const search = useSearch({ from: "/shell/prices" });
  const navigate = useNavigate({ from: "/prices" });
  const [may, mayOffers] = [useMay("price:read"), useMay("promotion:read")];
  const home = useHomeId();
  const organisationId = search.organisation ?? home;
  const change = (next: PricesSearch) => {
    navigate({ search: next, resetScroll: false }).catch(() => undefined); // stays as it was
  };
  const view = search.view ?? "lists";
  return (
    <>
      <PageHeader
        title="Prices"
        aside={
          may && (
            <SegmentedControl
              size="xs"
              aria-label="What to see"
              value={view}
              onChange={(value) => {
                const { view: _view, ...rest } = search;
                change(value === "lists" ? rest : { ...rest, view: value as NonNullable<PricesSearch["view"]> }); // of the data below
              }}
              data={[
                { value: "lists", label: "Lists" },
                ...(mayOffers
                  ? [
                      { value: "promotions", label: "Promotions" },
                      { value: "coupons", label: "Coupons" },
                    ]
                  : []),
                { value: "taxes", label: "Taxes" },
              ]}
            />
          )
        }
        action={may && view !== "taxes" && <WhosePrices search={search} onChange={change} />}
      />
      {!may && (
        <EmptyState title="You may not see prices">
          Ask whoever runs your organisation for the permission to read prices.
        </EmptyState>
      )}
      {may && organisationId && view === "lists" && <ListsView key={organisationId} organisationId={organisationId} />}
      {may && organisationId && mayOffers && view === "promotions" && (
        <PromotionsView key={organisationId} organisationId={organisationId} />
      )}
      {may && organisationId && mayOffers && view === "coupons" && (
        <CouponsView key={organisationId} organisationId={organisationId} />
      )}
      {may && view === "taxes" && <TaxesView />}
    </>
  );
}

interface WhosePricesProps {
  search: PricesSearch;
  onChange(search: PricesSearch): void;
}

/** For whoever has an estate: the prices of which organisation. */
function WhosePrices({ search, onChange }: WhosePricesProps) {
  const own = usePerson()?.organisation;
  const home = useHomeId();
  const maySee = useMay("organisation:read");
  const [choosing, setChoosing] = useState(false);
  if (!own || !home || own.kind === "CUSTOMER" || !maySee) return null;
  const choose = (id: string) => {
    setChoosing(false);
    const { organisation: _organisation, ...rest } = search;
    onChange(id === home ? rest : { ...rest, organisation: id });
  };
  return (
    <>
      <Button variant="default" aria-haspopup="dialog" onClick={() => setChoosing(true)}>
        Of another organisation
      </Button>
      <Dialog title="Whose prices" open={choosing} onClose={() => setChoosing(false)}>
        <OrganisationPicker rootId={home} label="Search your organisations" onChoose={({ id }) => choose(id)} />
      </Dialog>
    </>
  );
}
