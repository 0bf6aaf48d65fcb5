import type { ApolloCache } from "@apollo/client";
import { useApolloClient } from "@apollo/client/react";
import { useEffect } from "react";
import {
  NotificationReceivedDocument,
  VmStateChangedDocument,
  type VmStateNowFragment,
  VmStateNowFragmentDoc,
} from "../gql/graphql.js";
import { addNotification } from "../notifications/notifications-cache.js";
import { useMay, usePerson, useServices, useStore } from "./services-context.js";

/**
 * Brings the cache up to date with what happens: machines' states and one's own notifications. Both streams carry a
 * cursor, so that after a lost connection they go on where they were; everything else on the page is asked for again.
 */
export function useLiveUpdates(): void {
  const { live, refresh, acting } = useServices();
  const actingId = useStore(acting.organisation)?.id;
  const client = useApolloClient();
  const personId = usePerson()?.id;
  const mayReadMachines = useMay("vm:read");
  const returns = useStore(live.returns);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another organisation has other machines
  useEffect(() => {
    if (!mayReadMachines) return;
    let cursor: string | null = null;
    return live.watch(
      VmStateChangedDocument,
      () => ({ after: cursor }),
      ({ vmStateChanged }) => {
        cursor = vmStateChanged.cursor;
        writeState(client.cache, vmStateChanged.vm);
      },
    );
  }, [live, client, mayReadMachines, actingId]);

  useEffect(() => {
    if (!personId) return;
    let cursor: string | null = null;
    return live.watch(
      NotificationReceivedDocument,
      () => ({ after: cursor }),
      ({ notificationReceived }) => {
        cursor = notificationReceived.cursor;
        addNotification(client.cache, personId, notificationReceived);
        // Told to everybody of an organisation that was suspended, or is active again.
        if (notificationReceived.notification.kind === "SYSTEM") refresh();
      },
    );
  }, [live, client, personId, refresh]);

  useEffect(() => {
    // Zero is the first connection: the page has just asked for everything.
    if (returns > 0) client.reFetchObservableQueries().catch(() => undefined);
  }, [client, returns]);
}

function writeState(cache: ApolloCache, vm: VmStateNowFragment): void {
  cache.writeFragment({
    id: `Vm:${vm.id}`,
    fragment: VmStateNowFragmentDoc,
    data: { ...vm, ...{ __typename: "Vm" } },
  });
}
