import { DateTime, Directive, Query, Resolver } from "@tollgate/kit/graphql";

/** What time it is in the books: a demo's and a test's may be ahead of everybody's clock. */
@Resolver()
export class BillingTimeResolver {
  constructor(private readonly clock: () => Date) {}

  @Directive('@requiresScopes(scopes: [["wallet:read"], ["price:read"]])')
  @Query(() => DateTime, {
    nullable: true,
    description: "Now, by the clock of billing: what its dates are compared with, and what begins at once begins then.",
  })
  billingTime(): Date {
    return this.clock();
  }
}
