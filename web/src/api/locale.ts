import { ApolloLink } from "@apollo/client";
import { type DocumentNode, Kind } from "graphql";

/** The variable by which a document asks for amounts in words; codegen gives it to each that shows money. */
const VARIABLE = "locale";

function asksForLocale({ definitions }: DocumentNode): boolean {
  return definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.variableDefinitions?.some(({ variable }) => variable.name.value === VARIABLE),
  );
}

/** Variables of an operation with the person's locale, where it shows money. */
export function withLocale<TVariables extends Record<string, unknown>>(
  document: DocumentNode,
  variables: TVariables,
  locale: string | null,
): TVariables {
  return locale !== null && asksForLocale(document) ? { ...variables, [VARIABLE]: locale } : variables;
}

/** Asks for amounts as the person writes them. The cache does not know of it: it is emptied when the locale changes. */
export function localised(localeOf: () => string | null): ApolloLink {
  return new ApolloLink((operation, forward) => {
    operation.variables = withLocale(operation.query, operation.variables, localeOf());
    return forward(operation);
  });
}
