import type { Asker } from "./callers.js";
import type { Table } from "./catalogue.js";
import type { Field, Graph, RootType } from "./graph.js";
import { argumentsFor, type IdChoice } from "./inputs.js";
import { type SelectionRules, selectionOf } from "./selections.js";
import { entityOfSlot, type Slot, slotsOf } from "./slots.js";
import { idOf, type Organisation, unknownId } from "./tree.js";

/** A document for one root field. */
export interface Question {
  field: Field;
  document: string;
  variables: Record<string, unknown>;
  /** Ids in it that are not the asker's own. */
  asked: readonly string[];
}

/** What stands in the places that are not in question. */
export interface Setting {
  /** Whose ids; the asker's organisation's when left out. */
  own?: Organisation;
  /** Whether what may be left out is given as well. */
  isFull?: boolean;
  /** What is asked of the field in place of all that there is. */
  selection?: string;
  /** Arguments that are given in any case. */
  given?: Record<string, unknown>;
}

/** Makes questions of root fields: with one's own ids, with those of a stranger, and with those of nobody. */
export class Questions {
  constructor(
    readonly graph: Graph,
    readonly tables: readonly Table[],
    readonly type: RootType,
  ) {}

  slots(field: Field): Slot[] {
    return slotsOf(field);
  }

  entity(field: Field, slot: Slot): string | null {
    return entityOfSlot(this.tables, this.graph.ownerOf(this.type, field.name), field, slot);
  }

  /** With ids of one's own where one is needed. */
  own(who: Asker, field: Field, hops = 2, setting: Setting = {}): Question {
    const own = setting.own ?? who.organisation;
    return this.make(who, field, hops, (path, isList) => this.ownId(own, field, path, isList), [], setting);
  }

  /**
   * With another's id in one place, and one's own in all others that need one.
   * @param entity whose id; what the place is for when left out.
   */
  foreign(
    who: Asker,
    field: Field,
    slot: Slot,
    owner: Organisation | null,
    hops = 2,
    entity?: string,
    setting: Setting = {},
  ): Question {
    const own = setting.own ?? who.organisation;
    const what = entity ?? this.entity(field, slot) ?? "user";
    const id = owner ? foreignId(owner, what) : unknownId(what);
    const ids: IdChoice = (path, isList) => {
      if (path.join(".") === slot.path.join(".")) return isList ? [id] : id;
      return this.ownId(own, field, path, isList);
    };
    return this.make(who, field, hops, ids, [id], setting);
  }

  private ownId(
    own: Organisation,
    field: Field,
    path: readonly string[],
    isList: boolean,
  ): string | string[] | undefined {
    const slot = this.slots(field).find((one) => one.path.join(".") === path.join("."));
    if (!slot?.isRequired) return undefined;
    const id = foreignId(own, this.entity(field, slot) ?? "user");
    return isList ? [id] : id;
  }

  private make(
    who: Asker,
    field: Field,
    hops: number,
    ids: IdChoice,
    asked: readonly string[],
    { isFull = false, given = {}, selection: chosen }: Setting,
  ): Question {
    const rules: SelectionRules = {
      schema: this.graph.schema,
      isAllowed: (type, inner) => this.graph.isAllowed(type, inner, who.permissions),
      ids: () => undefined,
    };
    const variables = { ...argumentsFor(field, ids, isFull), ...given };
    const types = new Map(field.args.map((argument) => [argument.name, String(argument.type)]));
    const names = Object.keys(variables);
    const declared = names.map((name) => `$${name}: ${types.get(name)}`).join(", ");
    const passed = names.map((name) => `${name}: $${name}`).join(", ");
    const everything = () => selectionOf(rules, field.type, hops) ?? "{ __typename }";
    const selection = chosen === undefined ? everything() : `{ ${chosen} }`;
    const call = `${field.name}${passed && `(${passed})`} ${selection}`;
    const document = `${this.type.toLowerCase()}${declared && `(${declared})`} { ${call} }`;
    return { field, document, variables, asked };
  }
}

const foreignId = (owner: Organisation, what: string): string =>
  what === "organisation" ? owner.id : idOf(owner, what);
