import { useQuery } from "@apollo/client/react";
import { useFormats } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { LoadMore } from "../components/LoadMore.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { PersonAttemptsDocument } from "../gql/graphql.js";
import { outcomeWord } from "./attempt-words.js";
import classes from "./People.module.css";

const PAGE = 10;

/** Who tried to sign in as this person, and from where. */
export function Attempts({ userId }: { userId: string }) {
  const formats = useFormats();
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(PersonAttemptsDocument, {
    variables: { first: PAGE, filter: { userId } },
    fetchPolicy: "cache-and-network",
  });
  const list = data?.signInAttempts;
  if (!list && error) return <TroubleNotice error={error} of="The attempts" onRetry={() => refetch()} />;
  if (!list) return <Bones lines={3} height={32} label="the attempts" />;
  if (list.nodes.length === 0) return <p className="dimmed">Nobody has tried to sign in as this person yet.</p>;
  return (
    <>
      <ul className={classes.attempts}>
        {list.nodes.map(({ id, at, outcome, address, userAgent }) => (
          <li key={id} className={classes.attempt}>
            <span className="dimmed">{formats.dateTime(at)}</span>
            <span>{outcomeWord(outcome)}</span>
            <span className="mono">{address}</span>
            <span className={`${classes.small} ${classes.agent}`}>{userAgent}</span>
          </li>
        ))}
      </ul>
      <LoadMore page={list.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} size="xs" mt="sm" />
    </>
  );
}
