import { ApolloLink, gql } from "@apollo/client";
import { of } from "rxjs";
import { expect, it } from "vitest";
import { BillingNowDocument, WalletChangedDocument } from "../gql/graphql.js";
import { createClient } from "./client.js";
import { localised, withLocale } from "./locale.js";

const WHO = gql`
  query Who {
    who
  }
`;

it("asks for amounts in the person's locale, over HTTP as live, and for nothing of it where no money is shown", () => {
  expect(withLocale(WalletChangedDocument, { walletId: "w" }, "de-DE")).toEqual({ walletId: "w", locale: "de-DE" });
  expect(withLocale(BillingNowDocument, {}, null)).toEqual({});
  expect(withLocale(WHO, {}, "de-DE")).toEqual({});
});

it("keeps what came under the same name in the cache, whatever the locale: it is emptied when that changes", async () => {
  const sent: unknown[] = [];
  const server = new ApolloLink(({ variables }) => {
    sent.push(variables);
    return of({ data: { organisation: null } });
  });
  const client = createClient(ApolloLink.from([localised(() => "id-ID"), server]));
  await client.query({ query: BillingNowDocument });
  await client.query({ query: BillingNowDocument, fetchPolicy: "cache-only" });
  expect(sent).toEqual([{ locale: "id-ID" }]);
});
