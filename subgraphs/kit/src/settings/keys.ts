import { hkdfSync } from "node:crypto";
import { Sealer } from "../events/seal.js";

/** A secret as it lies in a table: sealed, with the id of the key that opens it. */
export interface SealedValue {
  sealed: Uint8Array;
  keyId: string;
}

const contextOf = (organisationId: string, key: string): string => `setting ${organisationId} ${key}`;

const idOf = (secret: string): string =>
  Buffer.from(hkdfSync("sha256", secret, "tollgate", "id of a setting key", 8)).toString("hex");

/**
 * The keys that secret settings are sealed under: a current one, and a previous one that only opens until everything is
 * sealed anew. What is sealed for one organisation and setting does not open as another's.
 */
export class SettingKeys {
  private readonly ring: readonly { id: string; sealer: Sealer }[];

  /** @param secrets the current one, then the previous. */
  constructor(secrets: readonly [string, ...string[]]) {
    this.ring = secrets.map((secret) => ({ id: idOf(secret), sealer: new Sealer(secret, "settings") }));
  }

  /** SETTINGS_KEY, else the master secret; the previous is SETTINGS_PREVIOUS_KEY, else what counted without SETTINGS_KEY. */
  static of(masterSecret: string, environment: NodeJS.ProcessEnv = process.env): SettingKeys {
    const own = environment["SETTINGS_KEY"] || null;
    const previous = environment["SETTINGS_PREVIOUS_KEY"] || (own ? masterSecret : null);
    return new SettingKeys([own ?? masterSecret, ...(previous ? [previous] : [])]);
  }

  /** Of the key that everything is sealed under from now on. */
  get currentId(): string {
    return this.current.id;
  }

  seal(secret: string, organisationId: string, key: string): SealedValue {
    return { sealed: this.current.sealer.seal(secret, contextOf(organisationId, key)), keyId: this.current.id };
  }

  /** @throws when no key of this process opens it. */
  open({ sealed, keyId }: SealedValue, organisationId: string, key: string): string {
    const found = this.ring.find(({ id }) => id === keyId);
    if (!found) throw new Error(`the setting ${key} is sealed under a key that this process has not (${keyId})`);
    return found.sealer.open(sealed, contextOf(organisationId, key));
  }

  private get current() {
    const [current] = this.ring;
    if (!current) throw new Error("there is no key for settings");
    return current;
  }
}
