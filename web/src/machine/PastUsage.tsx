import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { useQuery } from "@apollo/client/react";
import { SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { serverNow } from "../api/server.js";
import { useFormats } from "../app/services-context.js";
import { WindowChart } from "../charts/WindowChart.js";
import type { WindowLine } from "../charts/window-data.js";
import { Bones } from "../components/Bones.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { useNow } from "../components/use-now.js";
import { MachineWindowDocument, type Metric } from "../gql/graphql.js";
import type { Machine } from "./Facts.js";
import classes from "./Machine.module.css";
import { parseMachineSearch, SPANS, type Span } from "./machine-search.js";

const METRICS: Metric[] = [
  "CPU",
  "MEMORY_USED",
  "DISK_READ_RATE",
  "DISK_WRITE_RATE",
  "NETWORK_IN_RATE",
  "NETWORK_OUT_RATE",
];
const MAX_POINTS = 300;
const REFRESH_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Short, so that all of them fit into a phone's width. */
const NAMES: Record<Span, string> = {
  "1h": "1 h",
  "6h": "6 h",
  "24h": "24 h",
  "7d": "7 d",
  "30d": "30 d",
  "1y": "1 y",
};

const CPU: WindowLine[] = [{ metric: "CPU", label: "use", colour: "--chart-1" }];
const MEMORY: WindowLine[] = [{ metric: "MEMORY_USED", label: "used", colour: "--chart-3" }];
const DISK: WindowLine[] = [
  { metric: "DISK_READ_RATE", label: "read", colour: "--chart-1" },
  { metric: "DISK_WRITE_RATE", label: "written", colour: "--chart-2" },
];
const NETWORK: WindowLine[] = [
  { metric: "NETWORK_IN_RATE", label: "in", colour: "--chart-1" },
  { metric: "NETWORK_OUT_RATE", label: "out", colour: "--chart-2" },
];

/** What the machine used before; all charts come with one request and share their cursor. */
export function PastUsage({ machine }: { machine: Machine }) {
  const formats = useFormats();
  const { span = "1h" } = useSearch({ from: "/shell/machines/$id" });
  const navigate = useNavigate({ from: "/machines/$id" });
  const period = usePeriod(span);
  const { data, previousData, error, loading, refetch } = useQuery(MachineWindowDocument, {
    variables: { id: machine.id, metrics: METRICS, period, maxPoints: MAX_POINTS },
    fetchPolicy: "no-cache",
  });
  const window = (data ?? previousData)?.vm?.window;
  const common = {
    window: window ?? null,
    period: [Date.parse(period.from) / 1000, Date.parse(period.to) / 1000] as [number, number], // a pair, not a list
    syncKey: "machine-past",
  };

  return (
    <section aria-labelledby="past-use" className={classes.past}>
      <div className={classes.pastHead}>
        <h2 id="past-use" className={classes.pastTitle}>
          Past use
        </h2>
        <SegmentedControl
          size="xs"
          aria-label="Time shown"
          value={span}
          onChange={(value) => {
            navigate({ search: parseMachineSearch({ span: value }), replace: true, resetScroll: false }).catch(
              () => undefined,
            );
          }}
          data={Object.keys(SPANS).map((value) => ({ value, label: NAMES[value as Span] }))} // the keys of SPANS
        />
      </div>
      {common.window && (
        <div className={classes.pair}>
          <WindowChart
            {...common}
            window={common.window}
            title="CPU"
            lines={CPU}
            ceiling={100}
            formatValue={formats.percent}
          />
          <WindowChart
            {...common}
            window={common.window}
            title="Memory"
            lines={MEMORY}
            ceiling={Number(machine.memoryBytes)}
            binary
            formatValue={formats.bytes}
          />
          <WindowChart
            {...common}
            window={common.window}
            title="Disk"
            lines={DISK}
            atLeast={1_000}
            formatValue={formats.rate}
          />
          <WindowChart
            {...common}
            window={common.window}
            title="Network"
            lines={NETWORK}
            atLeast={1_000}
            formatValue={formats.rate}
          />
        </div>
      )}
      {!window && loading && <Bones lines={2} height={180} label="past use" />}
      {!window && error && <TroubleNotice error={error} of="Past use" onRetry={() => refetch()} />}
    </section>
  );
}

/** The last hours up to now, moved on every minute. */
function usePeriod(span: Span): { from: string; to: string } {
  const now = useNow(REFRESH_MS);
  return useMemo(() => {
    // A new span starts from this moment, not from the last full minute.
    const to = Math.max(now, serverNow());
    return { from: new Date(to - SPANS[span] * HOUR_MS).toISOString(), to: new Date(to).toISOString() };
  }, [now, span]);
}
