import { readTrustedDocuments } from "@tollgate/schema";
import { Kind, parse } from "graphql";
import type { Person } from "../testing/tollgate.js";

/** An operation as the dashboard sends it. */
export interface DashboardOperation {
  name: string;
  query: string;
  /** With how many rows, where it lists some. */
  variables: (rows: number) => Record<string, unknown>;
  lists: boolean;
}

const documents = (): Map<string, string> =>
  new Map(
    [...readTrustedDocuments().values()].flatMap((text) =>
      parse(text).definitions.flatMap((definition): [string, string][] =>
        definition.kind === Kind.OPERATION_DEFINITION ? [[definition.name?.value ?? "", text]] : [],
      ),
    ),
  );

const lastDay = () => ({ from: new Date(Date.now() - 86_400_000).toISOString(), to: new Date().toISOString() });

/** The operations behind the dashboard's most looked at pages, for somebody with a machine and a wallet. */
export const dashboardOperations = async (person: Person): Promise<DashboardOperation[]> => {
  const { data } = await person.ask(
    "{ vms(first: 1, filter: { state: [RUNNING] }) { nodes { id } } me { organisation { wallet { id } } } }",
  );
  const [id, walletId] = [data.vms.nodes[0].id, data.me.organisation.wallet.id];
  const texts = documents();
  const operation = (name: string, variables: (rows: number) => Record<string, unknown>, lists = false) => {
    const query = texts.get(name);
    if (query === undefined) throw new Error(`the dashboard has no operation ${name}`);
    return { name, query, variables, lists };
  };
  const window = { metrics: ["CPU", "MEMORY_USED"], maxPoints: 300 };
  return [
    operation("Me", () => ({})),
    operation("Dashboard", () => ({})),
    operation("BusiestMachines", (first) => ({ first, period: lastDay() }), true),
    operation("Machines", (first) => ({ first, withCost: true }), true),
    operation("Machine", () => ({ id, withCost: true, withWallet: true })),
    operation("MachineWindow", () => ({ id, period: lastDay(), ...window })),
    operation("WalletTransactions", (first) => ({ walletId, first }), true),
    operation("Notifications", (first) => ({ first, unreadOnly: false }), true),
  ];
};

/** @throws with the errors of the answer: what fails quickly would look fast. */
export const askFor = async (person: Person, { query, variables }: DashboardOperation, rows = 20): Promise<void> => {
  const { errors } = await person.ask(query, variables(rows));
  if (errors) throw new Error(JSON.stringify(errors));
};
