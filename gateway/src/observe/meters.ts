import { counter, durations, WatchedGauge } from "@tollgate/kit/observe";

/** What the gateway counts. Labels are closed sets: never ids, addresses or names that clients choose. */
export const meters = {
  operations: durations("tollgate_operation_seconds", "Operations of clients; of subscriptions how long they lived", [
    "kind",
    "transport",
    "outcome",
  ]),
  errors: counter("tollgate_operation_errors_total", "Operations with at least one error of this code", ["code"]),
  refused: counter("tollgate_refused_total", "Requests and sockets that were refused before any operation was read", [
    "reason",
  ]),
  plans: counter("tollgate_plans_total", "Plans that were found or made", ["result"]),
  planning: durations("tollgate_plan_seconds", "Making a plan"),
  plansKept: new WatchedGauge("tollgate_plans_kept", "Plans that are kept"),
  fetches: durations("tollgate_fetch_seconds", "Fetches from subgraphs, a second try included", [
    "subgraph",
    "outcome",
  ]),
  breakers: new WatchedGauge("tollgate_breaker_state", "0 closed, 1 half open, 2 open: the subgraph is left alone", [
    "subgraph",
  ]),
  sockets: new WatchedGauge("tollgate_sockets", "WebSockets that are open"),
  closings: counter("tollgate_socket_closings_total", "WebSockets that were closed, by either side", ["code"]),
  eventConnections: new WatchedGauge("tollgate_event_connections", "Connections with Server-Sent Events"),
  streams: new WatchedGauge("tollgate_live_streams", "Subscriptions of clients"),
  sharedStreams: new WatchedGauge("tollgate_shared_streams", "Subscriptions at subgraphs that callers share"),
  upstreams: new WatchedGauge("tollgate_upstreams", "Subscriptions at subgraphs"),
  events: counter(
    "tollgate_stream_events_total",
    "Answers delivered to subscriptions of clients, counted at their end",
  ),
  dropped: counter("tollgate_queue_dropped_total", "Events that gave way to a newer one because their reader was slow"),
  overflowed: counter(
    "tollgate_queue_overflows_total",
    "Subscriptions that were ended because their reader was too slow",
  ),
};

const breakerStates = { closed: 0, "half-open": 1, open: 2 } as const;

/** What is read when somebody scrapes. */
export interface Watched {
  plans: () => number;
  sockets: () => number;
  eventConnections: () => number;
  streams: () => number;
  sharedStreams: () => number;
  upstreams: () => number;
  breakers: ReadonlyMap<string, () => keyof typeof breakerStates>;
}

/** @returns how to stop watching */
export function watch(watched: Watched): () => void {
  const stops = [
    meters.plansKept.watch({}, watched.plans),
    meters.sockets.watch({}, watched.sockets),
    meters.eventConnections.watch({}, watched.eventConnections),
    meters.streams.watch({}, watched.streams),
    meters.sharedStreams.watch({}, watched.sharedStreams),
    meters.upstreams.watch({}, watched.upstreams),
    ...[...watched.breakers].map(([subgraph, state]) =>
      meters.breakers.watch({ subgraph }, () => breakerStates[state()]),
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
