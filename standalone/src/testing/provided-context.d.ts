import "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** Superuser URL of the run's PostgreSQL, from vitest.global-setup.ts. */
    postgresUrl: string;
  }
}
