import "@mantine/core/styles/Input.css";
import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { Button, NativeSelect } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { Chip, Chips } from "../filters/Chips.js";
import { DayFields } from "../filters/DayFields.js";
import { Filters } from "../filters/Filters.js";
import { ProviderEventsDocument } from "../gql/graphql.js";
import { PROVIDERS } from "../wallet/wallet-words.js";
import { EventEntry } from "./EventEntry.js";
import { EVENT_WORDS } from "./event-words.js";
import { EVENT_STATES, type EventsSearch, eventFilterOf, ONLINE_WAYS, parseEventsSearch } from "./events-search.js";
import classes from "./Payments.module.css";

const PAGE = 30;

/** What payment providers told, as it was received: what was not believed and why, and what can be applied again. */
export function ProviderEventsPage() {
  const may = useMay("providerEvent:read");
  return (
    <>
      <PageHeader title="Webhooks of providers" above={{ label: "Payments", to: "/payments" }} />
      {may ? (
        <Events />
      ) : (
        <EmptyState title="You may not see webhooks">
          They are of the people who run the platform: ask them about a payment by its reference.
        </EmptyState>
      )}
    </>
  );
}

function Events() {
  const search = useSearch({ from: "/shell/payments/events" });
  const { timeZone } = useFormats();
  const navigate = useNavigate({ from: "/payments/events" });
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(ProviderEventsDocument, {
    variables: { first: PAGE, filter: eventFilterOf(search, timeZone) },
    notifyOnNetworkStatusChange: true,
  });
  const list = (data ?? previousData)?.providerEvents;
  const loading = networkStatus === NetworkStatus.loading || networkStatus === NetworkStatus.setVariables;
  const isFiltered = Object.keys(search).length > 0;
  const change = (next: EventsSearch) => {
    navigate({ search: next, replace: true, resetScroll: false }).catch(() => undefined); // stays as it was
  };
  const again = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  return (
    <>
      <EventFilters search={search} onChange={change} />
      {error && <TroubleNotice error={error} of="The webhooks" onRetry={again} />}
      {!list && loading && <Bones lines={6} height={48} label="the webhooks" />}
      {list && list.nodes.length > 0 && (
        <ul className={classes.list} aria-busy={loading} aria-label="Webhooks">
          {list.nodes.map((event) => (
            <EventEntry key={event.id} event={event} onReplayed={again} />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && !loading && (
        <EmptyState title={isFiltered ? "No webhook fits" : "No webhooks yet"}>
          {isFiltered ? (
            <Button variant="default" size="xs" onClick={() => change({})}>
              Show all webhooks
            </Button>
          ) : (
            "As soon as a provider tells of a payment, it is listed here with what came of it."
          )}
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="md" />
    </>
  );
}

function EventFilters({ search, onChange }: { search: EventsSearch; onChange(search: EventsSearch): void }) {
  const set = (changed: Partial<Record<keyof EventsSearch, unknown>>) =>
    onChange(parseEventsSearch({ ...search, ...changed }));
  return (
    <Filters onShowAll={Object.keys(search).length > 0 ? () => onChange({}) : null}>
      <Chips legend="State">
        {EVENT_STATES.map((state) => (
          <Chip
            key={state}
            pressed={search.state === state}
            onPress={() => set({ state: search.state === state ? undefined : state })}
          >
            {EVENT_WORDS[state]}
          </Chip>
        ))}
        {search.topUp && (
          <Chip pressed onPress={() => set({ topUp: undefined })}>
            One payment only
          </Chip>
        )}
      </Chips>
      <NativeSelect
        label="Of"
        value={search.provider ?? ""}
        onChange={(event) => set({ provider: event.currentTarget.value })}
        data={[
          { value: "", label: "Any provider" },
          ...ONLINE_WAYS.map((way) => ({ value: way, label: PROVIDERS[way].name })),
        ]}
      />
      <DayFields labels={["Received from", "Until"]} from={search.from} to={search.to} onChange={set} />
    </Filters>
  );
}
