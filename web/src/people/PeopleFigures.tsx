import { useQuery } from "@apollo/client/react";
import { useFormats } from "../app/services-context.js";
import { PeopleStatisticsDocument } from "../gql/graphql.js";
import classes from "./People.module.css";

/** How many there are, and how safely they come in. Where it cannot be counted, the list below still tells. */
export function PeopleFigures() {
  const formats = useFormats();
  const { data } = useQuery(PeopleStatisticsDocument, { fetchPolicy: "cache-and-network" });
  const counts = data?.userStatistics;
  const figures: [string, number | undefined][] = [
    ["Active", counts?.active],
    ["With second factor", counts?.withSecondFactor],
    ["Seen within 30 days", counts?.signedInLastMonth],
    ["Never signed in", counts?.neverSignedIn],
    ["Not confirmed", counts?.unverified],
    ["Deactivated", counts?.deactivated],
  ];
  return (
    <dl className={classes.figures}>
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{formats.number(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
