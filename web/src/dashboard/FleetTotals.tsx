import type { ReactNode } from "react";
import { useFormats } from "../app/services-context.js";
import { HealthLabel } from "../components/HealthLabel.js";
import { ABSENT } from "../format/formats.js";
import type { FleetTotalsFragment } from "../gql/graphql.js";
import classes from "./Dashboard.module.css";

/** What the estate has and how hard it works. */
export function FleetTotals({ fleet }: { fleet: FleetTotalsFragment }) {
  const formats = useFormats();
  return (
    <dl className={classes.totals} aria-label="Fleet totals">
      <Total
        label="Machines"
        figure={formats.number(fleet.machines)}
        detail={`${formats.number(fleet.running)} running`}
      />
      <Total label="vCPU" figure={formats.number(fleet.vcpus)} detail="in all machines" />
      <Total label="Memory" figure={formats.bytes(fleet.memoryBytes)} detail="in all machines" />
      <Total
        label="Storage"
        figure={formats.bytes(fleet.storageBytes)}
        detail={`${formats.percent(fleet.storageUsed)} used`}
      />
      <Total
        label="CPU use"
        figure={formats.percent(fleet.cpuAverage)}
        detail={`hour’s peak ${formats.percent(fleet.cpuPeak)}`}
      />
      <Total
        label="Memory use"
        figure={formats.percent(fleet.memoryAverage)}
        detail={`hour’s peak ${formats.percent(fleet.memoryPeak)}`}
      />
      <Total
        label="Health"
        figure={fleet.healthAverage === null ? ABSENT : formats.number(fleet.healthAverage)}
        detail={<HealthLabelWord score={fleet.healthAverage} />}
      />
      <Total
        label="Unhealthy"
        figure={formats.number(fleet.unhealthy)}
        detail={fleet.unhealthy === 1 ? "machine" : "machines"}
      />
    </dl>
  );
}

function HealthLabelWord({ score }: { score: number | null }) {
  return score === null ? "nothing measured" : <HealthLabel score={score} wordOnly />;
}

function Total({ label, figure, detail }: { label: string; figure: string; detail: ReactNode }) {
  return (
    <div className={classes.total}>
      <dt>{label}</dt>
      <dd className={classes.figure}>{figure}</dd>
      <dd className={classes.detail}>{detail}</dd>
    </div>
  );
}
