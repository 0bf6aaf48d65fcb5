import { readFileSync } from "node:fs";
import { type ObjectTypeDefinitionNode, parse } from "graphql";
import { expect, it } from "vitest";
import { isAboutOneself, OWN_FIELDS } from "./own-fields.js";

const SUBGRAPHS = ["accounts", "organisations", "billing", "telemetry", "messaging"];
const ROOTS = ["Query", "Mutation", "Subscription"];

const rootFields = SUBGRAPHS.flatMap((name) => {
  const sdl = readFileSync(new URL(`../../../schema/${name}.graphql`, import.meta.url), "utf8");
  const types = parse(sdl).definitions.filter((node): node is ObjectTypeDefinitionNode => "fields" in node);
  return types.filter((type) => ROOTS.includes(type.name.value)).flatMap((type) => type.fields ?? []);
});

it("knows each root field that asks for no permission, and none that does", () => {
  const wrong = rootFields.filter((field) => {
    const asksForPermission = field.directives?.some((directive) => directive.name.value === "requiresScopes") ?? false;
    return OWN_FIELDS.has(field.name.value) === asksForPermission;
  });
  expect(rootFields.length).toBeGreaterThan(50);
  expect(wrong.map((field) => field.name.value)).toEqual([]);
});

it("tells what is about the person from what is about an organisation", () => {
  expect(isAboutOneself(parse("{ me { id } }"))).toBe(true);
  expect(isAboutOneself(parse("subscription { notificationReceived { cursor } }"))).toBe(true);
  expect(isAboutOneself(parse("fragment F on Organisation { id } { organisation { ...F } }"))).toBe(false);
});
