import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useFormats, useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import { LoadMore } from "../components/LoadMore.js";
import { Panel } from "../components/Panel.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NO_ANSWER } from "../components/use-action.js";
import { type CouponEntryFragment, CouponsDocument, EndCouponDocument } from "../gql/graphql.js";
import { percentWords } from "./basis-points.js";
import { CreateCoupon } from "./CreateCoupon.js";
import { USES } from "./coupon-form.js";
import { OfferEntry } from "./OfferEntry.js";
import type { OfferStanding } from "./OfferStateLabel.js";
import classes from "./Prices.module.css";

const PAGE = 20;

/** Codes that those below may use. */
export function CouponsView({ organisationId }: { organisationId: string }) {
  const { locale } = useFormats();
  const manages = useMay("promotion:manage");
  const [creating, setCreating] = useState(false);
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(CouponsDocument, {
    variables: { organisationId, first: PAGE },
    notifyOnNetworkStatusChange: true,
  });
  const [endCoupon] = useMutation(EndCouponDocument);
  const list = data?.coupons;
  const again = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  const end = async (couponId: string): Promise<string | null> => {
    const result = (await endCoupon({ variables: { input: { couponId } } })).data?.endCoupon;
    if (!result) return NO_ANSWER;
    return result.__typename === "Coupon" ? null : result.message;
  };
  return (
    <Panel
      title="Coupons for those below"
      aside={
        manages && (
          <Button size="xs" onClick={() => setCreating(true)}>
            New coupon
          </Button>
        )
      }
    >
      {list && list.nodes.length > 0 && (
        <ul className={classes.lists} aria-label="Coupons">
          {list.nodes.map((coupon) => (
            <OfferEntry
              key={coupon.id}
              name={coupon.code}
              detail={detailOf(coupon, locale)}
              offer={{ ...coupon, state: standingOf(coupon) }}
              consequence="From now on nobody can use it any more. What it gave already stays."
              end={manages ? () => end(coupon.id) : null}
            />
          ))}
        </ul>
      )}
      {list?.nodes.length === 0 && (
        <EmptyState title="No coupons">
          A coupon is a code for those below: it adds to a top-up, or takes something off a service.
        </EmptyState>
      )}
      <LoadMore page={list?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="md" />
      {!list && !error && <Bones lines={3} height={40} label="the coupons" />}
      {!list && error && <TroubleNotice error={error} of="The coupons" onRetry={again} />}
      <Dialog title="New coupon" open={creating} onClose={() => setCreating(false)}>
        <CreateCoupon
          organisationId={organisationId}
          onCancel={() => setCreating(false)}
          onCreated={() => {
            setCreating(false);
            again();
          }}
        />
      </Dialog>
    </Panel>
  );
}

const standingOf = ({ state, redemptions, maxRedemptions }: CouponEntryFragment): OfferStanding =>
  state !== "ENDED" && maxRedemptions && redemptions >= maxRedemptions ? "USED_UP" : state;

const times = (count: number): string => (count === 1 ? "1 time" : `${count} times`);

const detailOf = (coupon: CouponEntryFragment, locale: string | undefined): string => {
  const { amount, basisPoints, uses, minimum, redemptions, maxRedemptions, maxPerOrganisation, organisation } = coupon;
  const worth = amount?.formatted ?? percentWords(basisPoints ?? 0, locale);
  const words = USES.filter(({ value }) => uses.includes(value)).map(({ label }) => label.toLowerCase());
  return [
    `${worth} on ${words.join(" and ")}`,
    minimum ? `from ${minimum.formatted}` : null,
    maxRedemptions ? `used ${redemptions} of ${times(maxRedemptions)}` : `used ${times(redemptions)}`,
    maxPerOrganisation ? `at most ${times(maxPerOrganisation)} by each` : null,
    organisation ? `by ${organisation.name}` : null,
  ]
    .filter((part) => part !== null)
    .join(" · ");
};
