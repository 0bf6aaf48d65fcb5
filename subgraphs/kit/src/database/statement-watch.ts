import { meters } from "../observe/meters.js";

const statementListeners = new Set<(statement: string) => void>();

/**
 * The statements that transactions of people send to any database of this process while `work` runs: those of
 * background work, and BEGIN and COMMIT, are left out.
 */
export const countStatements = async (work: () => Promise<unknown>): Promise<string[]> => {
  const statements: string[] = [];
  const listener = (statement: string) => statements.push(statement);
  statementListeners.add(listener);
  try {
    await work();
  } finally {
    statementListeners.delete(listener);
  }
  return statements;
};

/**
 * Counts all statements, and tells the listeners what a connection sends on behalf of people: from entering as one of them
 * until the end.
 */
export const statementWatch = (name: string) => {
  const entered = new Set<number>();
  const sent = meters.statements.labels({ subgraph: name });
  return (connection: number, statement: string): void => {
    sent.inc();
    if (statementListeners.size === 0) return;
    if (/from enter\(/.test(statement)) entered.add(connection);
    if (/^(commit|rollback|begin)\b/i.test(statement)) entered.delete(connection);
    if (entered.has(connection)) for (const listener of statementListeners) listener(statement);
  };
};
