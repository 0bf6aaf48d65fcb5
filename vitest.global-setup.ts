import type { TestProject } from "vitest/node";
import { startTestPostgres } from "./standalone/src/postgres/index.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Of a superuser; every test file makes a database or schema of its own. */
    postgresUrl: string;
  }
}

/** One throw-away PostgreSQL for the whole run, or the one that TEST_DATABASE_URL names. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined && given !== "") {
    project.provide("postgresUrl", given);
    return undefined;
  }
  const server = await startTestPostgres();
  project.provide("postgresUrl", server.url);
  return () => server.stop();
}
