import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from "graphql";
import type { Field } from "./graph.js";

/** The id for a place, by its path; undefined leaves it out where it may be left out. */
export type IdChoice = (path: readonly string[], isList: boolean) => string | string[] | undefined;

interface Wishes {
  ids: IdChoice;
  /** Whether what may be left out is given as well, but for ids. */
  isFull: boolean;
}

/** Places whose value does not follow from their type, by `Input.field` or `rootField.argument`. Most need none. */
const GIVEN: Record<string, unknown> = {
  // The code of all planted coupons, with figures so that it is not taken for the code of an error.
  "couponOffer.code": "ISOLATION10",
  "ScanWithSimulatedPhoneInput.code": "isolation",
  "CreateWhatsAppSessionInput.driver": "SIMULATED",
  "CreateProofUploadInput.contentType": "image/png",
  "StartTopUpInput.provider": "MANUAL",
  "CreateOrganisationInput.kind": "CUSTOMER",
  // Planted ones have one.
  "ServiceSubscriptionChangeInput.quantity": 2,
  "SetSettingInput.key": "mfa.required",
  "SetSettingInput.value": true,
  "ResetSettingInput.key": "mfa.required",
  "VmConfigInput.templateId": "01900000-0000-7000-8000-000000000001",
};

const HOUR = 3_600_000;
/** The same for all questions, so that one asked twice is the same question, even across the end of an hour. */
const BEGINNING = Math.floor(Date.now() / HOUR) * HOUR;
const days = (count: number): string => new Date(BEGINNING + count * 24 * HOUR).toISOString();
let counter = 0;
/** Never the same twice: what is asked once more with the same key is answered as before. */
const next = (): number => {
  counter += 1;
  return counter;
};

const SCALARS: Record<string, (name: string) => unknown> = {
  String: (name) => {
    if (name === "password" || name === "newPassword") return `correct horse battery staple ${next()}`;
    return /permissions?$/i.test(name) ? "vm:read" : `isolation ${next()}`;
  },
  Int: () => 1,
  Float: () => 1,
  Boolean: () => false,
  BigInt: () => "5000",
  DateTime: (name) => days(/from|start|since/i.test(name) ? -1 : 1),
  EmailAddress: () => `isolation${next()}@asked.example`,
  PhoneNumber: () => "+27830000001",
  Currency: () => "ZAR",
  Locale: () => "en-ZA",
  TimeZone: () => "Africa/Johannesburg",
  Url: () => "https://asked.example/",
  JSON: () => ({}),
};

/** Arguments for a field: what is required, and what leads to a chosen id; or with all that may be left out as well. */
export const argumentsFor = (field: Field, ids: IdChoice, isFull = false): Record<string, unknown> => {
  const wishes = { ids, isFull };
  const values: Record<string, unknown> = {};
  for (const argument of field.args) {
    const value = valueFor(argument, field.name, [argument.name], wishes);
    if (value !== undefined) values[argument.name] = value;
  }
  return values;
};

const valueFor = (
  place: GraphQLArgument | GraphQLInputField,
  owner: string,
  path: readonly string[],
  wishes: Wishes,
): unknown => {
  const isRequired = isNonNullType(place.type) && place.defaultValue === undefined;
  const given = GIVEN[`${owner}.${place.name}`];
  if (given !== undefined && isRequired) return given;
  const { value, hasId } = build(place.type, path, wishes, isRequired);
  if (isRequired || hasId) return value;
  // What one cannot give without an id is left out.
  if (wishes.isFull && given === undefined) return value;
  return GIVEN[`${owner}.${place.name}`];
};

interface Built {
  value: unknown;
  /** Whether a chosen id is in it. */
  hasId: boolean;
}

const build = (type: GraphQLInputType, path: readonly string[], wishes: Wishes, isRequired: boolean): Built => {
  const { ids } = wishes;
  const plain = getNullableType(type);
  if (isListType(plain)) {
    const item = getNullableType(plain.ofType);
    if ("name" in item && item.name === "ID") return chosen(ids(path, true), isRequired ? [] : undefined);
    const { value, hasId } = build(item, path, wishes, isRequired);
    return { value: [value], hasId };
  }
  if (isInputObjectType(plain)) {
    const entries = Object.values(plain.getFields()).map((field) => {
      const inner = [...path, field.name];
      return [field.name, valueFor(field, plain.name, inner, wishes)] as const;
    });
    const present = entries.filter(([, value]) => value !== undefined);
    const hasId = Object.values(plain.getFields()).some((field) => reaches(field, [...path, field.name], wishes));
    return { value: Object.fromEntries(present), hasId };
  }
  if (isEnumType(plain)) return { value: plain.getValues()[0]?.name, hasId: false };
  if (plain.name === "ID") return chosen(ids(path, false), undefined);
  const scalar = SCALARS[plain.name];
  if (!scalar) throw new Error(`there is no value yet for arguments of type ${plain.name}`);
  return { value: scalar(path.at(-1) ?? ""), hasId: false };
};

const chosen = (value: unknown, otherwise: unknown): Built => ({
  value: value === undefined ? otherwise : value,
  hasId: value !== undefined,
});

const reaches = (field: GraphQLInputField, path: readonly string[], wishes: Wishes): boolean =>
  path.length < 6 && build(field.type, path, wishes, false).hasId;
