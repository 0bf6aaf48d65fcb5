import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useFormats } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { type PriceListEntryFragment, PricesOfDocument, type PricesOfQuery } from "../gql/graphql.js";
import { percentWords } from "./basis-points.js";
import { CreateList } from "./CreateList.js";
import { ListStateLabel } from "./ListStateLabel.js";
import classes from "./Prices.module.css";
import { RatesTable } from "./RatesTable.js";
import { TiersTable } from "./TiersTable.js";
import { useManagesPrices } from "./use-manages.js";

type Owner = NonNullable<PricesOfQuery["organisation"]>;

/** The list that an organisation pays by now, and the ones before, after and below it. */
export function ListsView({ organisationId }: { organisationId: string }) {
  const { data, error, loading, refetch } = useQuery(PricesOfDocument, {
    variables: { id: organisationId },
    fetchPolicy: "cache-and-network",
  });
  const organisation = data?.organisation;
  if (!organisation) {
    return loading ? (
      <Bones lines={8} height={32} label="the prices" />
    ) : (
      <TroubleNotice error={error} of="The prices" onRetry={() => refetch()} />
    );
  }
  const lists = data.priceLists ?? [];
  return (
    <>
      {error && <TroubleNotice error={error} of="A part of the prices" onRetry={() => refetch()} />}
      <InForce organisation={organisation} lists={lists} />
      <Lists
        title={`Lists of ${organisation.name}`}
        lists={lists.filter((list) => list.organisation?.id === organisationId)}
        empty="It has no list of its own: what counts is inherited."
      />
      {organisation.kind !== "CUSTOMER" && (
        <Lists
          title="Lists of organisations below"
          lists={lists.filter((list) => list.organisation?.id !== organisationId)}
          empty="Nobody below has a list of its own. Whoever is above writes it: choose the organisation to begin one."
          withOwner
        />
      )}
    </>
  );
}

interface InForceProps {
  organisation: Owner;
  lists: readonly PriceListEntryFragment[];
}

function InForce({ organisation, lists }: InForceProps) {
  const { locale } = useFormats();
  const manages = useManagesPrices(organisation.id);
  const [creating, setCreating] = useState(false);
  const list = organisation.priceList;
  const isOwn = list?.organisation?.id === organisation.id;
  const from = isOwn ? null : (list?.organisation?.name ?? "the organisation above");
  return (
    <Panel
      title={`What ${organisation.name} pays now`}
      aside={
        manages && (
          <Button size="xs" onClick={() => setCreating(true)}>
            New list
          </Button>
        )
      }
    >
      {list ? (
        <>
          <p className={classes.note}>
            <Link to="/prices/$id" params={{ id: list.id }}>
              {list.name}, version {list.version}
            </Link>
            {from && `, inherited from ${from}`}
            {isOwn &&
              list.markupBasisPoints !== 0 &&
              `, with ${percentWords(list.markupBasisPoints, locale, true)} on what is inherited`}
            {list.tierAdjustmentBasisPoints !== 0 &&
              `, ${percentWords(list.tierAdjustmentBasisPoints, locale, true)} on everything`}
            . Without tax.
          </p>
          <RatesTable list={list} inheritedFrom={from} />
          <TiersTable tiers={list.volumeTiers} />
        </>
      ) : (
        <EmptyState title="No price list counts here">
          Without one nothing can be quoted, ordered or charged.
        </EmptyState>
      )}
      <Dialog title={`New list for ${organisation.name}`} open={creating} onClose={() => setCreating(false)}>
        <CreateList
          organisationId={organisation.id}
          currency={list?.currency ?? "ZAR"}
          lists={lists.filter((one) => one.organisation?.id === organisation.id)}
          onCancel={() => setCreating(false)}
        />
      </Dialog>
    </Panel>
  );
}

interface ListsProps {
  title: string;
  lists: readonly PriceListEntryFragment[];
  empty: string;
  withOwner?: boolean;
}

function Lists({ title, lists, empty, withOwner = false }: ListsProps) {
  const formats = useFormats();
  return (
    <Panel title={title}>
      {lists.length === 0 && <p className="dimmed">{empty}</p>}
      <ul className={classes.lists}>
        {lists.map((list) => (
          <li key={list.id} className={classes.entry}>
            <div>
              <Link to="/prices/$id" params={{ id: list.id }}>
                {list.name}
              </Link>
              <p className="small dimmed">
                {withOwner && list.organisation && `${list.organisation.name} · `}
                {list.currency} · version {list.version}
              </p>
            </div>
            <ListStateLabel list={list} />
            <p className="small dimmed">
              {list.effectiveFrom && `From ${formats.dateTime(list.effectiveFrom)}`}
              {list.effectiveTo && ` until ${formats.dateTime(list.effectiveTo)}`}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
