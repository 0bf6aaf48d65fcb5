import type { Database, Tx } from "@tollgate/kit";
import { remind } from "./managing.js";
import { lockInvoice } from "./paying.js";

/** Days after an invoice was to be paid on which those who pay it are reminded, unless somebody did so since. */
const DAYS = [0, 7, 14];
const DAY = 86_400_000;
const BATCH = 200;

/** The last of those days that is over; null before the first. */
const lastDay = (dueAt: Date, at: Date): Date | null => {
  const days = DAYS.map((day) => new Date(dueAt.getTime() + day * DAY)).filter((day) => day <= at);
  return days.at(-1) ?? null;
};

const isDue = ({ dueAt, remindedAt }: { dueAt: Date | null; remindedAt: Date | null }, at: Date): boolean => {
  const day = dueAt && lastDay(dueAt, at);
  return day !== null && (remindedAt === null || remindedAt < day);
};

interface Candidate {
  id: string;
  due_at: string;
}

const next = (tx: Tx, after: Candidate | null, at: Date): Promise<Candidate[]> => tx.sql<Candidate[]>`
  select id, due_at from invoice
   where state = 'ISSUED' and due_at <= ${at.toISOString()}
     and (reminded_at is null or reminded_at < due_at + interval '${tx.sql.unsafe(String(DAYS.at(-1)))} days')
     and (due_at, id) > (${after?.due_at ?? "-infinity"}::timestamptz, ${after?.id ?? "00000000-0000-0000-0000-000000000000"}::uuid)
   order by due_at, id limit ${BATCH}`;

/**
 * Reminds of what is overdue, each invoice in a transaction of its own: one that fails stops no other, and is tried again
 * by the next run. @returns how many.
 */
export const remindOverdue = async (
  database: Database,
  at: Date,
  onError: (invoiceId: string, error: unknown) => void,
): Promise<number> => {
  const system = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.system("remind-of-invoices", work);
  const remindOf = async (tx: Tx, id: string): Promise<number> => {
    const row = await lockInvoice(tx, id);
    if (row.state !== "ISSUED" || !isDue(row, at)) return 0;
    await remind(tx, row, at);
    return 1;
  };
  let reminded = 0;
  for (let last: Candidate | null = null; ; ) {
    const from: Candidate | null = last;
    const found: Candidate[] = await system((tx) => next(tx, from, at));
    for (const { id } of found) {
      reminded += await system((tx) => remindOf(tx, id)).catch((error: unknown) => {
        onError(id, error);
        return 0;
      });
    }
    last = found.at(-1) ?? null;
    if (last === null || found.length < BATCH) return reminded;
  }
};
