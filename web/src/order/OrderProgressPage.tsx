import { useApolloClient, useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { codeOf } from "../api/problems.js";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { Panel } from "../components/Panel.js";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import {
  CancelOrderDocument,
  OrderProgressDocument,
  type OrderProgressQuery,
  type ProvisioningNowFragment,
  ProvisioningProgressDocument,
} from "../gql/graphql.js";
import { useLive } from "../live/use-live.js";
import classes from "./Order.module.css";
import { isOver, ORDER_STATES, PROVISIONING_STEPS, stepOf } from "./progress.js";

const ABOVE = { label: "Machines", to: "/machines" } as const;
const POLL_MS = 5_000;

type Order = NonNullable<OrderProgressQuery["order"]>;

/** An order from the money being held to the running machine, or to the reason why not. */
export function OrderProgressPage() {
  const { id } = useParams({ from: "/shell/orders/$id" });
  const { data, error, loading, refetch } = useQuery(OrderProgressDocument, {
    variables: { id },
    pollInterval: POLL_MS,
    skipPollAttempt: () => document.visibilityState === "hidden",
  });
  const order = data?.order;
  if (order) return <Progress order={order} onMoved={() => refetch()} />;
  return (
    <>
      <PageHeader title="Order" above={ABOVE} />
      {loading && <Bones lines={5} height={32} label="the order" />}
      {!loading && error && codeOf(error) !== "NOT_FOUND" && (
        <TroubleNotice error={error} of="The order" onRetry={() => refetch()} />
      )}
      {!loading && (!error || codeOf(error) === "NOT_FOUND") && (
        <EmptyState title="There is no such order in your estate.">
          It belongs to another organisation, or the address is mistyped. <Link to="/order">Order a machine</Link>
        </EmptyState>
      )}
    </>
  );
}

function Progress({ order, onMoved }: { order: Order; onMoved(): Promise<unknown> }) {
  const formats = useFormats();
  const [live, setLive] = useState<ProvisioningNowFragment | null>(null);
  const over = isOver(order.state);
  useLive(ProvisioningProgressDocument, { orderId: order.id }, !over, ({ provisioningProgress }) => {
    setLive(provisioningProgress);
    if (provisioningProgress.state === live?.state) return;
    onMoved().catch(() => undefined); // told by the query's own error
  });
  const provisioning = live ?? order.provisioning ?? null;
  const isMachine = order.kind === "VM";
  const name = order.quote?.vm?.name ?? (isMachine ? "Machine" : "Order of items");
  const vmId = order.vm?.id ?? (order.state === "COMPLETED" ? provisioning?.vm?.id : null);
  return (
    <>
      <PageHeader
        title={name}
        above={ABOVE}
        aside={<span className="dimmed">Order {order.number}</span>}
        action={
          order.state === "COMPLETED" &&
          vmId && (
            <Button
              renderRoot={(props) => (
                <Link to="/machines/$id" params={{ id: vmId }} {...props}>
                  Open the machine
                </Link>
              )}
            />
          )
        }
      />
      <div className={classes.progress}>
        <p role="status" className={classes.state}>
          {isMachine || order.state !== "COMPLETED" ? ORDER_STATES[order.state] : "Paid and complete"}
        </p>
        {!over && provisioning && <Steps provisioning={provisioning} />}
        {over && order.failureReason && <p>{order.failureReason}</p>}
        {(order.state === "FAILED" || order.state === "CANCELLED") && (
          <p>
            The money that was held is back in the wallet. <Link to="/order">Order again</Link>
          </p>
        )}
        {!over && <Cancel order={order} isBegun={provisioning !== null && provisioning.state !== "QUEUED"} />}
        <Panel title="Order">
          <dl className={classes.facts}>
            {isMachine && (
              <>
                <dt>Machine</dt>
                <dd>{machineWords(order)}</dd>
              </>
            )}
            <dt>Price</dt>
            <dd>
              {order.total.formatted} {isMachine && order.quote ? INTERVALS[order.quote.interval] : ""}
            </dd>
            {order.hold && order.hold.state === "OPEN" && (
              <>
                <dt>Held in the wallet</dt>
                <dd>{order.hold.amount.formatted}</dd>
              </>
            )}
            <dt>Placed</dt>
            <dd>{formats.dateTime(order.placedAt)}</dd>
            {order.completedAt && (
              <>
                <dt>Ended</dt>
                <dd>{formats.dateTime(order.completedAt)}</dd>
              </>
            )}
          </dl>
        </Panel>
      </div>
    </>
  );
}

const INTERVALS = { HOURLY: "an hour", MONTHLY: "a month", ANNUAL: "a year" };

function machineWords({ quote }: Order): string {
  if (!quote?.vm) return "–";
  const { vcpus, memoryGb, image } = quote.vm;
  return `${vcpus} vCPU, ${memoryGb} GB memory, ${image}`;
}

function Steps({ provisioning }: { provisioning: ProvisioningNowFragment }) {
  const current = stepOf(provisioning.state);
  return (
    <>
      <progress className={classes.bar} max={100} value={provisioning.percent} aria-label="How far the machine is" />
      <ol className={classes.steps}>
        {PROVISIONING_STEPS.map(({ state, word }, index) => (
          <li
            key={state}
            aria-current={index === current ? "step" : undefined}
            data-done={index < current || undefined}
          >
            {word}
          </li>
        ))}
      </ol>
      <p className="dimmed" aria-live="polite">
        {provisioning.message}
      </p>
    </>
  );
}

interface CancelProps {
  order: Order;
  /** The hypervisor makes the machine: only where it gets stuck does cancelling still help. */
  isBegun: boolean;
}

function Cancel({ order, isBegun }: CancelProps) {
  const client = useApolloClient();
  const may = useMay("order:place");
  const [cancel] = useMutation(CancelOrderDocument);
  const action = useAction();
  const intent = useIntent();
  const run = async () => {
    const input = { orderId: order.id };
    const answer = await cancel({ variables: { input: { ...input, idempotencyKey: intent.keyFor(input) } } });
    const result = answer.data?.cancelOrder;
    if (!result) return NO_ANSWER;
    intent.settle();
    if (result.__typename === "Order") return null;
    await client.refetchQueries({ include: [OrderProgressDocument] });
    return result.message;
  };
  const late = isBegun && (
    <p className="small dimmed">
      The machine is being made already: the order is cancelled only if that gets stuck. If it runs all the same, delete
      it then.
    </p>
  );
  if (order.state === "CANCELLING") return late;
  if (!may) return null;
  return (
    <div className={classes.cancel}>
      {late}
      <ProblemText>{action.problem}</ProblemText>
      <Button variant="default" loading={action.busy} onClick={() => action.run(run)}>
        Cancel the order
      </Button>
    </div>
  );
}
