import type { TopUpNowFragment } from "../gql/graphql.js";

/** What a coupon adds once the money has come. */
export function PromisedBonus({ topUp }: { topUp: Pick<TopUpNowFragment, "bonus"> }) {
  return topUp.bonus && <p>The coupon adds {topUp.bonus.formatted} as soon as it is paid.</p>;
}
