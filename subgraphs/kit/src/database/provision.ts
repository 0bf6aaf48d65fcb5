import postgres from "postgres";
import type { DatabaseAddresses } from "./addresses.js";
import { ignoreNotice } from "./database.js";

const roleOf = (url: string): { user: string; password: string } => {
  const address = new URL(url);
  return { user: decodeURIComponent(address.username), password: decodeURIComponent(address.password) };
};

/** Databases of one server have no lock in common: all but the first who come to a role or its settings are told so. */
const CAME_SECOND = new Set(["XX000", "23505", "42710"]);
/** Each round of those who come at once has its first: so many may come. */
const TRIES = 100;

const cameSecond = (error: unknown): boolean =>
  error instanceof postgres.PostgresError &&
  CAME_SECOND.has(error.code) &&
  (error.code !== "XX000" || error.message.includes("concurrently"));

/**
 * Makes the two roles and the schema of a subgraph, or brings them back to what they must be. Neither role is a
 * superuser or bypasses row-level security; nobody but they can enter the schema.
 */
export const provision = async (addresses: DatabaseAddresses): Promise<void> => {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await provisionOnce(addresses);
    } catch (error) {
      if (left <= 1 || !cameSecond(error)) throw error;
    }
  }
};

const provisionOnce = async (addresses: DatabaseAddresses): Promise<void> => {
  const sql = postgres(addresses.provisioning, { max: 1, onnotice: ignoreNotice });
  const { schema } = addresses;
  const roles = [roleOf(addresses.migrator), roleOf(addresses.login)];
  try {
    await sql.begin(async (tx) => {
      // Two processes may come to this database at the same moment.
      await tx`select pg_advisory_xact_lock(hashtext('tollgate provisioning'))`;
      for (const { user, password } of roles) {
        const [known] = await tx`select 1 from pg_roles where rolname = ${user}`;
        const laws = "login nosuperuser nocreatedb nocreaterole noreplication nobypassrls";
        // Names come from our own list of subgraphs and passwords are hexadecimal, so neither needs escaping.
        await tx.unsafe(`${known ? "alter" : "create"} role "${user}" ${laws} password '${password}'`);
      }
      const [migrator, login] = roles.map((role) => role.user);
      const [{ current_user: administrator, current_database: database } = { current_user: "", current_database: "" }] =
        await tx<{ current_user: string; current_database: string }[]>`select current_user, current_database()`;
      await tx.unsafe(`grant "${migrator}" to "${administrator}"`);
      await tx.unsafe(`create schema if not exists "${schema}" authorization "${migrator}"`);
      await tx.unsafe(`create schema if not exists "${schema}_jobs" authorization "${migrator}"`);
      await tx.unsafe(`grant connect on database "${database}" to "${migrator}", "${login}"`);
      // The migrator of migrations asks whether its schema exists in words that need this right.
      await tx.unsafe(`grant create on database "${database}" to "${migrator}"`);
      await tx.unsafe(`grant usage on schema "${schema}", "${schema}_jobs" to "${login}"`);
      await tx.unsafe(`alter role "${migrator}" in database "${database}" set search_path = "${schema}"`);
      await tx.unsafe(`alter role "${login}" in database "${database}" set search_path = "${schema}"`);
      // Policies look costlier to the planner than they are; compiling statements of milliseconds would take longer.
      for (const role of [migrator, login]) {
        await tx.unsafe(`alter role "${role}" in database "${database}" set jit = off`);
      }
      await tx.unsafe("revoke create on schema public from public");
      // Nobody needs a temporary table, and one could stand in for a table of ours where functions run as the migrator.
      await tx.unsafe(`revoke temporary on database "${database}" from public`);
    });
  } finally {
    await sql.end({ timeout: 2 });
  }
};
