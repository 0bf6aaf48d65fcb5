import { useQuery } from "@apollo/client/react";
import { Link, useParams } from "@tanstack/react-router";
import { AS_ONESELF } from "../api/client.js";
import { codeOf } from "../api/problems.js";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { PriceListDocument, type PriceListWholeFragment, PricesAroundDocument } from "../gql/graphql.js";
import { percentWords } from "./basis-points.js";
import { ListEditor } from "./ListEditor.js";
import { ListStateLabel } from "./ListStateLabel.js";
import classes from "./Prices.module.css";
import { RatesTable } from "./RatesTable.js";
import { TiersTable } from "./TiersTable.js";
import { useManagesPrices } from "./use-manages.js";

const ABOVE = { label: "Prices", to: "/prices" } as const;

/** One price list: what it says, and for a draft the editor that compares it with what counts. */
export function PriceListPage() {
  const { id } = useParams({ from: "/shell/prices/$id" });
  const may = useMay("price:read");
  const { data, error, loading, refetch } = useQuery(PriceListDocument, { variables: { id }, skip: !may });
  if (data?.priceList) return <Shown key={data.priceList.state} list={data.priceList} />;
  return (
    <>
      <PageHeader title="Price list" above={ABOVE} />
      {loading && <Bones lines={8} height={32} label="the price list" />}
      {may && !loading && error && codeOf(error) !== "NOT_FOUND" && (
        <TroubleNotice error={error} of="The price list" onRetry={() => refetch()} />
      )}
      {!may && <EmptyState title="You may not see prices">Ask whoever runs your organisation.</EmptyState>}
      {may && !loading && (!error || codeOf(error) === "NOT_FOUND") && (
        <EmptyState title="There is no such price list in your estate.">
          It belongs to another organisation, or the address is mistyped. <Link to="/prices">All prices</Link>
        </EmptyState>
      )}
    </>
  );
}

function Shown({ list }: { list: PriceListWholeFragment }) {
  const formats = useFormats();
  const manages = useManagesPrices(list.organisation?.id);
  const isEdited = list.state === "DRAFT" && manages;
  return (
    <>
      <PageHeader
        title={list.name}
        above={ABOVE}
        aside={
          <>
            <span className="dimmed">
              {list.organisation && `${list.organisation.name} · `}
              {list.currency} · version {list.version}
            </span>
            <ListStateLabel list={list} />
          </>
        }
      />
      {list.effectiveFrom && (
        <p className={classes.note}>
          Counts from {formats.dateTime(list.effectiveFrom)}
          {list.effectiveTo && ` until ${formats.dateTime(list.effectiveTo)}`}.
        </p>
      )}
      {isEdited ? <Edited list={list} /> : <Written list={list} />}
    </>
  );
}

function Written({ list }: { list: PriceListWholeFragment }) {
  const { locale } = useFormats();
  return (
    <Panel title="Rates, without tax">
      <p className={classes.note}>
        {percentWords(list.markupBasisPoints, locale, true)} on what is inherited,{" "}
        {percentWords(list.tierAdjustmentBasisPoints, locale, true)} on everything.
      </p>
      <RatesTable list={list} inheritedFrom={null} />
      <TiersTable tiers={list.volumeTiers} />
    </Panel>
  );
}

/** What the draft is compared with is above it: it is asked for as oneself, whoever one acts for. */
function Edited({ list }: { list: PriceListWholeFragment }) {
  const organisationId = list.organisation?.id ?? "";
  const { data, loading } = useQuery(PricesAroundDocument, {
    variables: { organisationId },
    skip: organisationId === "",
    context: AS_ONESELF,
    fetchPolicy: "network-only",
  });
  if (!data && loading) return <Bones lines={8} height={32} label="what counts now" />;
  const sameCurrency = (other: PriceListWholeFragment | null | undefined) =>
    other && other.currency === list.currency ? other : null;
  const now = sameCurrency(data?.organisation?.priceList);
  const above = sameCurrency(data?.organisation?.parent?.priceList);
  return <ListEditor list={list} now={now} above={above} />;
}
