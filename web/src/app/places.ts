import {
  IconBell,
  IconChartBar,
  IconChecklist,
  IconCreditCard,
  IconFileDollar,
  IconFileInvoice,
  IconGauge,
  IconKey,
  IconListSearch,
  IconMailForward,
  IconMessage,
  IconServer2,
  IconSettings,
  IconShieldLock,
  IconShoppingCart,
  IconSitemap,
  IconTags,
  IconUser,
  IconUsers,
  IconUsersGroup,
  IconWallet,
} from "@tabler/icons-react";

/**
 * Where the navigation leads, in groups. `needs` is the permission without which a place is not offered; the first
 * four places with `phone` stand in the bar of a phone, everything else behind its button *More*.
 */
export const PLACES = [
  {
    group: null,
    places: [
      { to: "/", label: "Dashboard", icon: IconGauge, needs: null, phone: true },
      { to: "/machines", label: "Machines", icon: IconServer2, needs: "vm:read", phone: true },
      { to: "/messages", label: "Messages", icon: IconMessage, needs: "whatsapp:read", phone: true },
    ],
  },
  {
    group: "Money",
    places: [
      { to: "/wallet", label: "Wallet", icon: IconWallet, needs: "wallet:read", phone: true },
      { to: "/payments", label: "Payments", icon: IconCreditCard, needs: "wallet:read", phone: false },
      { to: "/billing", label: "Billing", icon: IconChartBar, needs: "usage:read", phone: false },
      { to: "/billing/invoices", label: "Invoices", icon: IconFileInvoice, needs: "invoice:read", phone: false },
      { to: "/quotes", label: "Quotes", icon: IconFileDollar, needs: "quote:read", phone: false },
      { to: "/catalogue", label: "Catalogue", icon: IconShoppingCart, needs: "catalogue:read", phone: false },
      { to: "/prices", label: "Prices", icon: IconTags, needs: "price:read", phone: false },
      { to: "/approvals", label: "Approvals", icon: IconChecklist, needs: "topUp:approve", phone: false },
    ],
  },
  {
    group: "Organisation",
    places: [
      { to: "/organisation", label: "Organisations", icon: IconSitemap, needs: "organisation:read", phone: false },
      { to: "/people", label: "People", icon: IconUsers, needs: "user:read", phone: false },
      { to: "/roles", label: "Roles", icon: IconUsersGroup, needs: "role:read", phone: false },
      { to: "/invitations", label: "Invitations", icon: IconMailForward, needs: "member:read", phone: false },
      { to: "/audit", label: "Audit trail", icon: IconListSearch, needs: "audit:read", phone: false },
      { to: "/settings/organisation", label: "Settings", icon: IconSettings, needs: "setting:read", phone: false },
    ],
  },
  {
    group: "You",
    places: [
      { to: "/profile", label: "Profile", icon: IconUser, needs: null, phone: false },
      { to: "/security", label: "Security", icon: IconShieldLock, needs: null, phone: false },
      { to: "/api-keys", label: "API keys", icon: IconKey, needs: "apiKey:read", phone: false },
      { to: "/notifications", label: "Notifications", icon: IconBell, needs: null, phone: false },
    ],
  },
] as const;

export type PlaceGroup = (typeof PLACES)[number];
export type Place = PlaceGroup["places"][number];

/** The groups with what somebody may open; a group without any is left out. */
export function placesFor(permissions: readonly string[] | null | undefined) {
  return PLACES.map(({ group, places }) => ({
    group,
    places: (places as readonly Place[]).filter(
      ({ needs }) => needs === null || permissions?.includes(needs) !== false,
    ),
  })).filter(({ places }) => places.length > 0);
}
