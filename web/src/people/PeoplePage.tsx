import { NetworkStatus } from "@apollo/client";
import { useApolloClient, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { PeopleDocument, PeopleStatisticsDocument } from "../gql/graphql.js";
import { DeactivatePeople, ReactivatePeople } from "./ChangePeople.js";
import classes from "./People.module.css";
import { PeopleFigures } from "./PeopleFigures.js";
import { PeopleFilters } from "./PeopleFilters.js";
import { PeopleList } from "./PeopleList.js";
import { type PeopleSearch, toVariables } from "./people-search.js";

const PAGE = 30;
/** As many as the server changes at once. */
const MOST_CHOSEN = 100;

/** The people of the estate, for those who look after them. */
export function PeoplePage() {
  const search = useSearch({ from: "/shell/people" });
  const navigate = useNavigate({ from: "/people" });
  const formats = useFormats();
  const [may, mayManage] = [useMay("user:read"), useMay("user:manage")];
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { data, previousData, error, networkStatus, refetch, fetchMore } = useQuery(PeopleDocument, {
    variables: { first: PAGE, ...toVariables(search) },
    notifyOnNetworkStatusChange: true,
    skip: !may,
  });
  const list = (data ?? previousData)?.users;
  const people = list?.nodes ?? [];
  const loading = networkStatus === NetworkStatus.loading || networkStatus === NetworkStatus.setVariables;
  const change = (next: PeopleSearch) => {
    setChosen(new Set());
    navigate({ search: next, replace: true }).catch(() => undefined);
  };
  const choose = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id) && next.size < MOST_CHOSEN) next.add(id);
    setChosen(next);
  };
  const more = () => {
    fetchMore({ variables: { after: list?.pageInfo.endCursor } }).catch(() => undefined); // told by the query's own error
  };

  if (!may) {
    return (
      <>
        <PageHeader title="People" />
        <EmptyState title="You may not see people">
          Ask whoever runs your organisation for the permission to see them.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="People"
        aside={
          typeof list?.totalCount === "number" && <span className="dimmed">{formats.number(list.totalCount)}</span>
        }
      />
      <PeopleFigures />
      <PeopleFilters search={search} onChange={change} />
      {mayManage && people.length > 0 && (
        <Bulk chosen={chosen} onDone={() => setChosen(new Set())} onForget={() => setChosen(new Set())} />
      )}
      {error && <TroubleNotice error={error} of={list ? "Some values" : "The people"} onRetry={() => refetch()} />}
      {!list && loading && <Bones lines={8} height={44} label="the people" />}
      {list && people.length === 0 && !loading && (
        <EmptyState title="Nobody fits">
          <p>Nobody in your estate has this name, e-mail or status.</p>
          <Button variant="default" size="xs" mt="sm" onClick={() => change({})}>
            Show everybody
          </Button>
        </EmptyState>
      )}
      {people.length > 0 && (
        <div aria-busy={loading} className={loading ? classes.stale : undefined}>
          <PeopleList people={people} chosen={mayManage ? chosen : null} onChoose={choose} />
        </div>
      )}
      {list?.pageInfo.hasNextPage && (
        <div className={classes.more}>
          <Button variant="default" loading={networkStatus === NetworkStatus.fetchMore} onClick={more}>
            Load more
          </Button>
          <span className="dimmed">{formats.number(people.length)} shown</span>
        </div>
      )}
    </>
  );
}

interface BulkProps {
  chosen: ReadonlySet<string>;
  onDone(): void;
  onForget(): void;
}

/** What can be done to all who are chosen. */
function Bulk({ chosen, onDone, onForget }: BulkProps) {
  const [asking, setAsking] = useState<"deactivate" | "reactivate" | null>(null);
  const client = useApolloClient();
  const close = () => setAsking(null);
  const done = () => {
    close();
    onDone();
    client.refetchQueries({ include: [PeopleStatisticsDocument] }).catch(() => undefined); // told by the query's own error
  };
  const ids = [...chosen];
  const who = ids.length === 1 ? "1 person" : `${ids.length} people`;
  return (
    <div className={classes.bulk}>
      <span className="dimmed" role="status">
        {ids.length === 0 ? "Choose people to change several at once." : `${who} chosen`}
      </span>
      {ids.length > 0 && (
        <>
          <Button size="xs" variant="default" onClick={() => setAsking("deactivate")}>
            Deactivate
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsking("reactivate")}>
            Reactivate
          </Button>
          <Button size="xs" variant="subtle" onClick={onForget}>
            Choose nobody
          </Button>
        </>
      )}
      <Dialog title={`Deactivate ${who}?`} open={asking === "deactivate"} onClose={close}>
        <DeactivatePeople userIds={ids} onDone={done} onCancel={close} />
      </Dialog>
      <Dialog title={`Reactivate ${who}?`} open={asking === "reactivate"} onClose={close}>
        <ReactivatePeople userIds={ids} onDone={done} onCancel={close} />
      </Dialog>
    </div>
  );
}
