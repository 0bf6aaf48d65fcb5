import { NetworkStatus } from "@apollo/client";
import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { OrderLink } from "../components/OrderLink.js";
import { PageHeader } from "../components/PageHeader.js";
import { stateWord, VM_STATES } from "../components/StateLabel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { Chip, Chips } from "../filters/Chips.js";
import { TypedField } from "../filters/TypedField.js";
import { MachinesDocument } from "../gql/graphql.js";
import { useLiveSamples } from "../live/use-samples.js";
import { MachineList } from "./MachineList.js";
import classes from "./Machines.module.css";
import { MachineTable } from "./MachineTable.js";
import { type MachinesSearch, statesOf, toggleState, toVariables } from "./machines-search.js";

const PAGE = 30;

/** The machines of the estate with what they use now. */
export function MachinesPage() {
  const search = useSearch({ from: "/shell/machines" });
  const navigate = useNavigate({ from: "/machines" });
  const formats = useFormats();
  const withCost = useMay("usage:read");
  const mayOrder = useMay("order:place");
  const narrow = useMediaQuery("(max-width: 760px)", false, { getInitialValueInEffect: false });
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(MachinesDocument, {
    variables: { first: PAGE, ...toVariables(search), withCost },
    notifyOnNetworkStatusChange: true,
  });
  const list = (data ?? previousData)?.vms;
  const loading = networkStatus === NetworkStatus.loading || networkStatus === NetworkStatus.setVariables;
  const machines = list?.nodes ?? [];
  useLiveSamples(machines.map(({ id }) => id));

  const change = (next: MachinesSearch) => {
    navigate({ search: next, replace: true }).catch(() => undefined);
  };
  const more = () => {
    fetchMore({ variables: { after: list?.pageInfo.endCursor } }).catch(() => undefined); // told by the query's own error
  };

  return (
    <>
      <PageHeader
        title="Machines"
        aside={
          typeof list?.totalCount === "number" && <span className="dimmed">{formats.number(list.totalCount)}</span>
        }
        action={mayOrder && <OrderLink />}
      />
      <Filters search={search} onChange={change} />
      {error && <TroubleNotice error={error} of={list ? "Some values" : "The machines"} onRetry={() => refetch()} />}
      {!list && loading && <Bones lines={8} height={28} label="the machines" />}
      {list && machines.length === 0 && !loading && <NothingFound search={search} onChange={change} />}
      {machines.length > 0 && (
        <div aria-busy={loading} className={loading ? classes.stale : undefined}>
          {narrow ? (
            <MachineList machines={machines} search={search} onSort={change} />
          ) : (
            <MachineTable machines={machines} search={search} onSort={change} />
          )}
        </div>
      )}
      {list?.pageInfo.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={networkStatus === NetworkStatus.fetchMore} onClick={more}>
            Load more
          </Button>
          <span className="dimmed">{formats.number(machines.length)} shown</span>
        </div>
      )}
    </>
  );
}

interface FiltersProps {
  search: MachinesSearch;
  onChange(search: MachinesSearch): void;
}

function Filters({ search, onChange }: FiltersProps) {
  const states = statesOf(search.state);

  return (
    <search className={classes.filters}>
      <TypedField
        type="search"
        aria-label="Search machines"
        placeholder="Name, address or label"
        leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
        value={search.search}
        onType={(text) => onChange({ ...search, search: text.trim() || undefined })}
        className={classes.searchField}
      />
      <Chips legend="States">
        {VM_STATES.map((state) => (
          <Chip key={state} pressed={states.includes(state)} onPress={() => onChange(toggleState(search, state))}>
            {stateWord(state)}
          </Chip>
        ))}
      </Chips>
    </search>
  );
}

function NothingFound({ search, onChange }: FiltersProps) {
  if (!search.search && !search.state) {
    return (
      <EmptyState title="No machine yet">
        Machines of this organisation and of all below it are listed here as soon as there are any.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No machine fits">
      <p>Nothing in your estate has this name, address, label or state.</p>
      <Button variant="default" size="xs" mt="sm" onClick={() => onChange({ sort: search.sort, down: search.down })}>
        Show all machines
      </Button>
    </EmptyState>
  );
}
