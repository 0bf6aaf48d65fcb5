import { useQuery } from "@apollo/client/react";
import { SegmentedControl } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useFormats } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { MachineOwner } from "../components/MachineOwner.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { TopConsumersDocument } from "../gql/graphql.js";
import classes from "./Dashboard.module.css";

const POLL_MS = 15_000;

type By = "cpu" | "memory";

/** Which machines use most now. */
export function TopConsumers() {
  const formats = useFormats();
  const [by, setBy] = useState<By>("cpu");
  const { data, error, loading, refetch } = useQuery(TopConsumersDocument, {
    pollInterval: POLL_MS,
    skipPollAttempt: () => document.visibilityState === "hidden",
  });
  const fleet = data?.organisation?.fleet;
  const consumers = by === "cpu" ? fleet?.cpuConsumers : fleet?.memoryConsumers;
  return (
    <Panel
      title="Top consumers"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Top consumers by"
          value={by}
          onChange={(value) => setBy(value === "memory" ? "memory" : "cpu")}
          data={[
            { value: "cpu", label: "CPU" },
            { value: "memory", label: "Memory" },
          ]}
        />
      }
    >
      {consumers && (
        <ol className={classes.rank}>
          {consumers.map(({ vm, value }) => (
            <li key={vm.id}>
              <Link to="/machines/$id" params={{ id: vm.id }}>
                {vm.name}
                <MachineOwner organisation={vm.organisation} />
              </Link>
              <span className="numeric">{by === "cpu" ? formats.percent(value) : formats.bytes(value)}</span>
            </li>
          ))}
          {consumers.length === 0 && <li className="dimmed">No machine runs now.</li>}
        </ol>
      )}
      {!consumers && loading && <Bones lines={5} height={12} label="the top consumers" />}
      {!consumers && error && <TroubleNotice error={error} onRetry={() => refetch()} />}
    </Panel>
  );
}
