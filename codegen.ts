import type { CodegenConfig } from "@graphql-codegen/cli";

/**
 * Typed documents for the dashboard, from the graph's public schema and the `.graphql` files beside the features.
 * Scalars are strict: what travels as text (BigInt, DateTime, ids) stays text, so that no amount becomes a float.
 */
const config: CodegenConfig = {
  schema: "schema/api.graphql",
  documents: "web/src/**/*.graphql",
  generates: {
    "web/src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        strictScalars: true,
        scalars: {
          BigInt: "string",
          Currency: "string",
          DateTime: "string",
          EmailAddress: "string",
          JSON: "unknown",
          Locale: "string",
          PhoneNumber: "string",
          TimeZone: "string",
          Url: "string",
        },
        enumsAsTypes: true,
        useTypeImports: true,
        arrayInputCoercion: false,
      },
    },
  },
};

export default config;
