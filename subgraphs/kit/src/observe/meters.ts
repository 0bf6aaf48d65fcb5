import { counter, durations, WatchedGauge } from "./metrics.js";

/** What a subgraph counts. */
export const meters = {
  operations: durations("tollgate_subgraph_operation_seconds", "Operations of subgraphs, events of streams included", [
    "subgraph",
    "kind",
    "outcome",
  ]),
  statements: counter("tollgate_sql_statements_total", "SQL statements sent, BEGIN and COMMIT included", ["subgraph"]),
  transactions: durations("tollgate_transaction_seconds", "Transactions, waiting for a connection included", [
    "subgraph",
    "mode",
    "outcome",
  ]),
  outboxPending: new WatchedGauge("tollgate_outbox_pending", "Events that wait for delivery", ["subgraph"]),
  outboxOldest: new WatchedGauge("tollgate_outbox_oldest_seconds", "Age of the oldest event that waits for delivery", [
    "subgraph",
  ]),
  outboxParked: new WatchedGauge("tollgate_outbox_parked", "Aggregates whose events were given up", ["subgraph"]),
  deliveries: counter("tollgate_event_deliveries_total", "Tries to hand an event to a consumer", [
    "subgraph",
    "consumer",
    "outcome",
  ]),
  inbox: counter("tollgate_inbox_events_total", "Events that came in", ["subgraph", "outcome"]),
  jobs: durations("tollgate_job_seconds", "Runs of jobs", ["subgraph", "job", "outcome"]),
};
