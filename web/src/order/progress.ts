import type { OrderState, ProvisioningState } from "../gql/graphql.js";

export const ORDER_STATES: Record<OrderState, string> = {
  AWAITING_PAYMENT: "Waiting for the payment",
  PLACED: "Placed: the money is held",
  PROVISIONING: "The machine is being made",
  CANCELLING: "Being cancelled",
  COMPLETED: "The machine runs",
  FAILED: "The machine could not be made",
  CANCELLED: "Cancelled",
};

/** The way of a machine as people see it. */
export const PROVISIONING_STEPS: readonly { state: ProvisioningState; word: string }[] = [
  { state: "QUEUED", word: "Queued" },
  { state: "CREATING", word: "Creating" },
  { state: "INSTALLING", word: "Installing" },
  { state: "BOOTING", word: "Booting" },
  { state: "RUNNING", word: "Running" },
];

/** Where on that way a machine is; -1 when it has left it. */
export function stepOf(state: ProvisioningState): number {
  return PROVISIONING_STEPS.findIndex((step) => step.state === state);
}

/** Whether nothing more happens to an order. */
export function isOver(state: OrderState): boolean {
  return state === "COMPLETED" || state === "FAILED" || state === "CANCELLED";
}
