import { useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import entries from "../components/Entries.module.css";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ServiceSubscriptionListDocument, type SubscriptionFieldsFragment } from "../gql/graphql.js";
import classes from "./Catalogue.module.css";
import { CatalogueNav } from "./CatalogueNav.js";
import { ChangeSubscription } from "./ChangeSubscription.js";
import { EndSubscription } from "./EndSubscription.js";
import { SubscriptionEntry } from "./SubscriptionEntry.js";

const PAGE = 20;

type Asking = { what: "change" | "cancel" | "resume"; subscription: SubscriptionFieldsFragment };

const TITLES: Record<Asking["what"], (name: string) => string> = {
  change: (name) => `Change ${name}`,
  cancel: (name) => `Cancel ${name}?`,
  resume: (name) => `Go on with ${name}?`,
};

/** The services that one's organisation, and those below it, are subscribed to. */
export function SubscriptionsPage() {
  const may = useMay("serviceSubscription:read");
  const [asking, setAsking] = useState<Asking | null>(null);
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(ServiceSubscriptionListDocument, {
    variables: { first: PAGE },
    skip: !may,
    fetchPolicy: "cache-and-network",
  });
  const list = data?.serviceSubscriptions;
  const close = () => setAsking(null);
  return (
    <>
      <PageHeader
        title="Service subscriptions"
        above={{ label: "Catalogue", to: "/catalogue" }}
        aside={<CatalogueNav view="subscriptions" />}
      />
      {!may && (
        <EmptyState title="You may not see service subscriptions">
          Ask whoever runs your organisation for the permission to see them.
        </EmptyState>
      )}
      {list && list.nodes.length > 0 && (
        <ul className={`${entries.list} ${classes.list}`}>
          {list.nodes.map((subscription) => (
            <SubscriptionEntry
              key={subscription.id}
              subscription={subscription}
              onAsk={(what) => setAsking({ what, subscription })}
            />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && (
        <EmptyState title="Nothing is subscribed to yet">
          <Link to="/catalogue">See which services are on offer</Link>
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="lg" />
      {may && !list && !error && <Bones lines={3} height={64} label="the service subscriptions" />}
      {may && !list && error && <TroubleNotice error={error} of="The subscriptions" onRetry={() => refetch()} />}
      <Dialog
        title={asking ? TITLES[asking.what](asking.subscription.item.name) : ""}
        open={asking !== null}
        onClose={close}
      >
        {asking?.what === "change" && <ChangeSubscription subscription={asking.subscription} onDone={close} />}
        {asking && asking.what !== "change" && (
          <EndSubscription subscription={asking.subscription} resumes={asking.what === "resume"} onDone={close} />
        )}
      </Dialog>
    </>
  );
}
