import type { Money } from "../money/money.js";
import type { OrganisationKind } from "../protocol/caller.js";

export type SettingType = "BOOLEAN" | "INTEGER" | "STRING" | "ENUM" | "DURATION" | "MONEY" | "LIST" | "SECRET";

interface Common {
  /** A few words that name it. */
  title: string;
  /** A sentence or two for whoever changes it. */
  description: string;
  /**
   * The lowest kind of organisation that may write it. INTERNAL settings are the platform's: the operator has them for
   * everybody, and they are written at the operator's own organisation alone.
   */
  writeLevel: OrganisationKind;
  /** Variable that overrides it in a process; made of the key when left out: `signUp.open` is SIGN_UP_OPEN. */
  environment?: string;
}

interface Pattern {
  pattern: RegExp;
  /** What `pattern` asks for: `must look like …`. */
  rule: string;
}

export interface BooleanSetting extends Common {
  type: "BOOLEAN";
  default: boolean;
}

/** A whole number; in a DURATION it counts seconds. */
export interface NumberSetting extends Common {
  type: "INTEGER" | "DURATION";
  default: number;
  minimum: number;
  maximum: number;
  /** What an INTEGER counts, in the plural: `hours`. */
  unit?: string;
}

export interface TextSetting extends Common, Partial<Pattern> {
  type: "STRING";
  default: string;
  /** Characters. */
  longest: number;
}

export interface EnumSetting extends Common {
  type: "ENUM";
  default: string;
  allowedValues: readonly string[];
}

export interface MoneySetting extends Common {
  type: "MONEY";
  default: Money;
  /** Minor units, of the currency of `default`, which is the only one that it takes. */
  minimum: bigint;
  maximum: bigint;
}

/** Distinct texts. */
export interface ListSetting extends Common, Pattern {
  type: "LIST";
  default: readonly string[];
  most: number;
}

/** A text that is sealed wherever it lies, and never returned. */
export interface SecretSetting extends Common, Pattern {
  type: "SECRET";
  default: null;
  longest: number;
}

export type SettingDefinition =
  | BooleanSetting
  | NumberSetting
  | TextSetting
  | EnumSetting
  | MoneySetting
  | ListSetting
  | SecretSetting;

/** A value of a definition, as code uses it. */
export type ValueOf<D extends SettingDefinition> = D extends BooleanSetting
  ? boolean
  : D extends NumberSetting
    ? number
    : D extends EnumSetting
      ? D["allowedValues"][number]
      : D extends TextSetting
        ? string
        : D extends MoneySetting
          ? Money
          : D extends ListSetting
            ? readonly string[]
            : string;
