import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { useHomeId } from "../app/use-home.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import entries from "../components/Entries.module.css";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { CatalogueItemsDocument, type CatalogueItemsQuery } from "../gql/graphql.js";
import classes from "./Catalogue.module.css";
import { CatalogueNav } from "./CatalogueNav.js";
import { CreateItem, EditItem } from "./ItemForm.js";
import { RetireItem } from "./RetireItem.js";
import { SoldEntry } from "./SoldEntry.js";

const PAGE = 20;

export type SoldItem = NonNullable<CatalogueItemsQuery["catalogue"]>["nodes"][number];

type Asking = { what: "create" } | { what: "edit" | "retire"; item: SoldItem };

const titleOf = (asking: Asking | null): string => {
  if (!asking) return "";
  if (asking.what === "create") return "Put something on sale";
  return asking.what === "edit" ? `Change ${asking.item.name}` : `Retire ${asking.item.name}?`;
};

/** What one's organisation sells to those below it, and what that has brought. */
export function SellingPage() {
  const may = useMay("catalogue:manage");
  const home = useHomeId();
  const [asking, setAsking] = useState<Asking | null>(null);
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(CatalogueItemsDocument, {
    variables: { first: PAGE, filter: { sellerId: home ?? null }, withStatistics: true },
    skip: !may || !home,
    fetchPolicy: "cache-and-network",
  });
  const list = data?.catalogue;
  const close = () => setAsking(null);
  const changed = () => {
    close();
    refetch().catch(() => undefined); // told by the query's own error
  };
  return (
    <>
      <PageHeader
        title="What we sell"
        above={{ label: "Catalogue", to: "/catalogue" }}
        aside={<CatalogueNav view="selling" />}
        action={may && <Button onClick={() => setAsking({ what: "create" })}>Put something on sale</Button>}
      />
      {!may && (
        <EmptyState title="You may not change what is on sale">
          Ask whoever runs your organisation for the permission to manage its catalogue.
        </EmptyState>
      )}
      {list && list.nodes.length > 0 && (
        <ul className={`${entries.list} ${classes.list}`}>
          {list.nodes.map((item) => (
            <SoldEntry key={item.id} item={item} onAsk={(what) => setAsking({ what, item })} />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && (
        <EmptyState title="You sell nothing yet">
          What you put on sale here can be bought by every organisation below yours: services that renew, and products.
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="lg" />
      {may && !list && !error && <Bones lines={3} height={64} label="what you sell" />}
      {may && !list && error && <TroubleNotice error={error} of="What you sell" onRetry={() => refetch()} />}
      <Dialog title={titleOf(asking)} open={asking !== null} onClose={close}>
        {asking?.what === "create" && <CreateItem onDone={changed} onCancel={close} />}
        {asking?.what === "edit" && <EditItem item={asking.item} onDone={changed} onCancel={close} />}
        {asking?.what === "retire" && <RetireItem item={asking.item} onDone={changed} onCancel={close} />}
      </Dialog>
    </>
  );
}
