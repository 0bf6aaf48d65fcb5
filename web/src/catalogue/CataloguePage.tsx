import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import entries from "../components/Entries.module.css";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { CatalogueItemsDocument, type ItemFieldsFragment } from "../gql/graphql.js";
import { BuyItem } from "./BuyItem.js";
import classes from "./Catalogue.module.css";
import { CatalogueFilters } from "./CatalogueFilters.js";
import { CatalogueNav } from "./CatalogueNav.js";
import { type CatalogueSearch, filterOf } from "./catalogue-search.js";
import { type Chosen, MOST_CHOSEN, toggled } from "./chosen.js";
import { OfferEntry } from "./OfferEntry.js";
import { QuoteItems } from "./QuoteItems.js";

const PAGE = 20;

/** What the organisations above sell: services to subscribe to and products to order. */
export function CataloguePage() {
  const search = useSearch({ from: "/shell/catalogue" });
  const navigate = useNavigate({ from: "/catalogue" });
  const may = useMay("catalogue:read");
  const [buying, setBuying] = useState<ItemFieldsFragment | null>(null);
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const [quoting, setQuoting] = useState(false);
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(CatalogueItemsDocument, {
    variables: { first: PAGE, filter: filterOf(search), withStatistics: false },
    skip: !may,
  });
  const list = (data ?? previousData)?.catalogue;
  const change = (next: CatalogueSearch) => {
    navigate({ search: next, replace: true, resetScroll: false }).catch(() => undefined); // the page stays as it is
  };
  const isNarrowed = Object.keys(search).length > 0;

  return (
    <>
      <PageHeader title="Catalogue" aside={may && <CatalogueNav view="offers" />} />
      {!may && (
        <EmptyState title="You may not see the catalogue">
          Ask whoever runs your organisation for the permission to see what is on offer.
        </EmptyState>
      )}
      {may && <CatalogueFilters search={search} onChange={change} />}
      <ChosenBar chosen={chosen} onQuote={() => setQuoting(true)} onClear={() => setChosen([])} />
      {list && list.nodes.length > 0 && (
        <ul className={`${entries.list} ${classes.list}`}>
          {list.nodes.map((item) => (
            <OfferEntry
              key={item.id}
              item={item}
              chosen={chosen.some((one) => one.item.id === item.id)}
              onBuy={() => setBuying(item)}
              onChoose={() => setChosen(toggled(chosen, item))}
            />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && (
        <EmptyState title={isNarrowed ? "Nothing like that is on offer" : "Nothing is on offer yet"}>
          {isNarrowed
            ? "Look for another word, or in all categories."
            : "Services and products of the organisations above yours stand here as soon as they sell any."}
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="lg" />
      {may && !list && !error && <Bones lines={4} height={56} label="the catalogue" />}
      {may && !list && error && <TroubleNotice error={error} of="The catalogue" onRetry={() => refetch()} />}
      <Dialog title="Quote of products" open={quoting && chosen.length > 0} onClose={() => setQuoting(false)}>
        <QuoteItems chosen={chosen} onChange={setChosen} onClose={() => setQuoting(false)} />
      </Dialog>
      <Dialog title={buyTitle(buying)} open={buying !== null} onClose={() => setBuying(null)}>
        {buying && <BuyItem item={buying} onClose={() => setBuying(null)} />}
      </Dialog>
    </>
  );
}

interface ChosenBarProps {
  chosen: readonly Chosen[];
  onQuote(): void;
  onClear(): void;
}

/** How many products were chosen for a quote, and the way to it; stays in sight while one looks for more. */
function ChosenBar({ chosen, onQuote, onClear }: ChosenBarProps) {
  const count = chosen.length;
  const words = `${count === 1 ? "1 product" : `${count} products`} chosen for a quote`;
  return (
    <div className={count > 0 ? classes.bar : undefined}>
      <p role="status">{count > 0 && (count < MOST_CHOSEN ? words : `${words}, the most that one takes`)}</p>
      {count > 0 && (
        <div className={entries.buttons}>
          <Button size="xs" variant="default" onClick={onClear}>
            Choose none
          </Button>
          <Button size="xs" onClick={onQuote}>
            Make the quote
          </Button>
        </div>
      )}
    </div>
  );
}

function buyTitle(item: ItemFieldsFragment | null): string {
  if (!item) return "";
  return item.kind === "SERVICE" ? `Subscribe to ${item.name}` : `Order ${item.name}`;
}
