import "@mantine/core/styles/Input.css";
import { useQuery } from "@apollo/client/react";
import { Button, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { serverNow } from "../api/server.js";
import { useFormats } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ABSENT } from "../format/formats.js";
import { ComplianceReportDocument, type ComplianceReportQuery } from "../gql/graphql.js";
import classes from "./Audit.module.css";
import { AuditEntryRow } from "./AuditEntryRow.js";
import { type AuditSearch, parseAuditSearch, periodOf } from "./audit-search.js";

type Report = NonNullable<ComplianceReportQuery["complianceReport"]>;

const DAY_MS = 86_400_000;
const DAYS = 30;

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

/** The last 30 days where the address names none. */
function withPeriod(search: AuditSearch): AuditSearch {
  const to = search.to ?? dayOf(serverNow());
  const from = search.from ?? dayOf(Date.parse(`${to}T00:00:00.000Z`) - (DAYS - 1) * DAY_MS);
  return { ...search, from, to };
}

/** What a period looked like, for those who must account for it. */
export function ComplianceView({ search }: { search: AuditSearch }) {
  const navigate = useNavigate({ from: "/audit" });
  const chosen = withPeriod(search);
  const period = periodOf(chosen);
  const { data, error, loading, refetch } = useQuery(ComplianceReportDocument, {
    variables: { organisationId: search.organisation ?? null, period: period ?? { from: "", to: "" } },
    skip: period === null,
  });
  const report = data?.complianceReport;
  const set = (changed: AuditSearch) => {
    navigate({ search: parseAuditSearch({ ...chosen, ...changed }), replace: true }).catch(() => undefined);
  };
  return (
    <>
      <search className={classes.filters}>
        <TextInput
          type="date"
          label="From"
          value={chosen.from}
          max={chosen.to}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label="To"
          value={chosen.to}
          min={chosen.from}
          onChange={(event) => set({ to: event.currentTarget.value })}
        />
        <div className={classes.switches}>
          <Button variant="default" onClick={() => window.print()} disabled={!report}>
            Print
          </Button>
        </div>
      </search>
      {loading && !report && <Bones lines={8} height={28} label="the report" />}
      {error && !report && <TroubleNotice error={error} of="The report" onRetry={() => refetch()} />}
      {report && <Sheet report={report} search={chosen} />}
    </>
  );
}

function Sheet({ report, search }: { report: Report; search: AuditSearch }) {
  const formats = useFormats();
  return (
    <div className={classes.sheet}>
      <p className={classes.score}>
        <span className={classes.points}>{report.score}</span>
        <span>
          of 100 points for {report.organisation?.name ?? "this organisation"}, from {formats.day(search.from)} to{" "}
          {formats.day(search.to)} in UTC. Data was exported{" "}
          {report.dataAccesses === 1 ? "once" : `${formats.number(report.dataAccesses)} times`}.
        </span>
      </p>
      <Panel title="Points taken off">
        {report.reasons.length === 0 && <p className="dimmed">None: nothing stood out in this period.</p>}
        {report.reasons.length > 0 && (
          <ul className={classes.reasons}>
            {report.reasons.map(({ points, reason }, index) => (
              <li key={reason}>
                <span className={`numeric ${classes.off}`}>−{points}</span>
                <div>
                  <p>{reason}</p>
                  <p className="dimmed">{report.recommendations[index]}</p>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="People">
        {report.activity.length === 0 ? (
          <EmptyState title="Nobody did anything">In this period nobody changed anything.</EmptyState>
        ) : (
          <div className={classes.scroll}>
            <table className={`${classes.changes} ${classes.activity}`}>
              <thead>
                <tr>
                  <th scope="col">Person</th>
                  <th scope="col" className={classes.numeral}>
                    Changes
                  </th>
                  <th scope="col" className={classes.numeral}>
                    Refused
                  </th>
                  <th scope="col">Last active</th>
                </tr>
              </thead>
              <tbody>
                {report.activity.map(({ user, mutations, refusals, lastActiveAt }) => (
                  <tr key={user?.id ?? `${mutations} ${lastActiveAt}`}>
                    <th scope="row">{user?.displayName ?? "Somebody"}</th>
                    <td className={`numeric ${classes.numeral}`}>{formats.number(mutations)}</td>
                    <td className={`numeric ${classes.numeral}`}>{formats.number(refusals)}</td>
                    <td>{lastActiveAt ? formats.dateTime(lastActiveAt) : ABSENT}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      <Panel title="Security events">
        {report.securityEvents.length === 0 && <p className="dimmed">None in this period.</p>}
        {report.securityEvents.length > 0 && (
          <ul className={classes.entries}>
            {report.securityEvents.map((entry) => (
              <AuditEntryRow key={entry.id} entry={entry} search={search} />
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}
