import type { CodegenConfig } from "@graphql-codegen/cli";

/**
 * What every document gets: strict scalars, so that generating fails on a scalar nobody has thought about, and what
 * travels as text (BigInt, DateTime, ids) stays text, so that no amount becomes a float.
 */
const strict = {
  strictScalars: true,
  scalars: {
    ID: "string",
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
  useTypeImports: true,
  arrayInputCoercion: false,
};

const trustedDocuments = "scripts/lib/trusted-documents.mjs";
/** What the dashboard shows of money is in the person's locale; partners say themselves in which they want it. */
const documentTransforms = ["scripts/lib/locale-documents.mjs"];

/** Typed documents from the graph's public schema; a document that does not fit it fails. */
const config: CodegenConfig = {
  schema: "schema/api.graphql",
  generates: {
    // The dashboard: `.graphql` files beside the features.
    "web/src/gql/": {
      documents: "web/src/**/*.graphql",
      documentTransforms,
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: strict,
    },
    // The partner client. Partners do not upgrade with the graph: their types say that enums will grow.
    "schema/client/src/gql/": {
      documents: "schema/client/documents/*.graphql",
      preset: "client",
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
      config: { ...strict, importExtension: ".js", futureProofEnums: true, immutableTypes: true },
    },
    // What both ask, for a gateway that answers nothing else.
    "schema/trusted/dashboard.json": {
      documents: "web/src/**/*.graphql",
      documentTransforms,
      plugins: [trustedDocuments],
    },
    "schema/trusted/partner.json": { documents: "schema/client/documents/*.graphql", plugins: [trustedDocuments] },
  },
};

export default config;
