import type { VmState } from "../gql/graphql.js";

export type PowerAction = "start" | "stop" | "reboot" | "delete";

/** What can be asked of a machine in a state, with the permissions that one has; the server decides. */
export function powerActions(state: VmState, mayPower: boolean, mayDelete: boolean): PowerAction[] {
  const actions: PowerAction[] = [];
  if (mayPower && state === "STOPPED") actions.push("start");
  if (mayPower && state === "RUNNING") actions.push("stop", "reboot");
  if (mayDelete && state !== "DELETED" && state !== "PROVISIONING") actions.push("delete");
  return actions;
}
