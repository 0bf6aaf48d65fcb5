import { useQuery } from "@apollo/client/react";
import { Link } from "@tanstack/react-router";
import { Bones } from "../components/Bones.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NotificationsDocument } from "../gql/graphql.js";
import { NotificationEntry } from "../notifications/NotificationEntry.js";

const MOST = 5;

/** What happened last. */
export function LatestNotifications() {
  const { data, error, loading, refetch } = useQuery(NotificationsDocument, {
    variables: { first: MOST, unreadOnly: false },
  });
  const items = data?.me?.notifications?.nodes.slice(0, MOST);
  return (
    <Panel title="Latest notifications" aside={<Link to="/notifications">Show all</Link>}>
      {items && items.length > 0 && (
        <ul>
          {items.map((item) => (
            <NotificationEntry key={item.id} notification={item} />
          ))}
        </ul>
      )}
      {items?.length === 0 && <p className="dimmed">Nothing happened yet that you should know.</p>}
      {!items && loading && <Bones lines={4} label="notifications" />}
      {!items && error && <TroubleNotice error={error} onRetry={() => refetch()} />}
    </Panel>
  );
}
