import { readSettingOfEach, type Tx } from "@tollgate/kit";

/** How many sessions each of these organisations may have. */
export type SessionLimits = (tx: Tx, organisationIds: readonly string[]) => Promise<Map<string, number>>;

/** As the setting has it, or one number for all. */
export const sessionLimitsOf = (fixed: number | undefined): SessionLimits =>
  fixed === undefined
    ? (tx, organisationIds) => readSettingOfEach(tx, "whatsapp.sessions", organisationIds)
    : async (_tx, organisationIds) => new Map(organisationIds.map((id) => [id, fixed]));
