import { createHmac } from "node:crypto";

/** Where one subgraph's database is, and as whom it is entered. */
export interface DatabaseAddresses {
  /** Schema and prefix of the roles; the subgraph's name. */
  schema: string;
  /** As somebody who may create roles and schemas; used once at a start, never for requests. */
  provisioning: string;
  /** As the owner of the schema; migrations only. Bypasses a pooler. */
  migrator: string;
  /** As the login role, which owns nothing. */
  login: string;
  /** Whether `login` leads through a transaction pooler, so that no prepared statement outlives a transaction. */
  pooled: boolean;
}

const withUser = (url: string, user: string, password: string): string => {
  const address = new URL(url);
  address.username = user;
  address.password = password;
  return address.toString();
};

/**
 * Addresses of a subgraph's roles. Their passwords follow from the master secret, so every process knows them and
 * nobody has to hand them out.
 * @param url as an administrator of the database; through a pooler when `pooled`.
 * @param directUrl the same past the pooler; `url` when there is none.
 */
export const databaseAddresses = (
  schema: string,
  url: string,
  directUrl: string | null,
  masterSecret: string,
  pooled = false,
): DatabaseAddresses => {
  const password = (role: string) => createHmac("sha256", masterSecret).update(`database role ${role}`).digest("hex");
  const direct = directUrl ?? url;
  const [migrator, login] = [`${schema}_migrator`, `${schema}_login`];
  return {
    schema,
    provisioning: direct,
    migrator: withUser(direct, migrator, password(migrator)),
    login: withUser(url, login, password(login)),
    pooled,
  };
};
