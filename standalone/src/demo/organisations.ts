import type { NewUser } from "@tollgate/accounts";
import { DEMO_OPERATOR, type NewOrganisation, type OrganisationsSeed } from "@tollgate/organisations";

/** Ids that never change, so that links into the demo keep working. `kind` and `number` are hexadecimal. */
export const demoId = (kind: string, number: number): string =>
  `01990000-0000-7000-8${kind.padStart(3, "0")}-${number.toString(16).padStart(12, "0")}`;

const organisationId = (number: number) => demoId("1", number);

/** The operator, its resellers and their customers; all fictional. */
export const OPERATOR = DEMO_OPERATOR;

const resellers = [
  {
    name: "Karoo Cloud",
    customers: ["Springbok Foods", "Fynbos Pharmacy", "Drakens Freight", "Blue Crane Books", "Quiver Tree Media"],
  },
  {
    name: "Highveld Hosting",
    customers: ["Jacaranda Clinics", "Goldreef Retail", "Vaal River Mills", "Sunbird Insurance"],
  },
  { name: "Coastline Compute", customers: ["Milkwood Hotels", "Kelp Forest Games", "Lighthouse Logistics"] },
] as const;

export const demoOrganisations = (): NewOrganisation[] => {
  const organisations: NewOrganisation[] = [
    { id: OPERATOR, parentId: null, name: "Tollgate Operations", kind: "INTERNAL" },
  ];
  for (const [position, { name, customers }] of resellers.entries()) {
    const reseller = organisationId(0x10 * (position + 1));
    organisations.push({ id: reseller, parentId: OPERATOR, name, kind: "RESELLER" });
    for (const [index, customer] of customers.entries()) {
      organisations.push({
        id: organisationId(0x10 * (position + 1) + index + 1),
        parentId: reseller,
        name: customer,
        kind: "CUSTOMER",
      });
    }
  }
  return organisations;
};

export const DEMO_PASSWORD = "Open-the-gate-4000";

interface DemoPerson extends Omit<NewUser, "password"> {
  roles: OrganisationsSeed["members"][number]["roles"];
  /** Why one would sign in as this person. */
  sees: string;
}

const person = (
  number: number,
  organisation: number,
  email: string,
  displayName: string,
  roles: DemoPerson["roles"],
  sees: string,
): DemoPerson => ({
  id: demoId("2", number),
  organisationId: organisationId(organisation),
  email: `${email}@tollgate.example`,
  displayName,
  roles,
  sees,
});

/** People of the demo are named after what they do: none of them is anybody. */
export const demoPeople: readonly DemoPerson[] = [
  person(1, 0x1, "operator", "Operator on duty", ["owner"], "everything, and the computer that this runs on"),
  person(2, 0x10, "reseller", "Karoo Cloud desk", ["owner"], "Karoo Cloud and its five customers"),
  person(3, 0x11, "customer", "Springbok Foods desk", ["owner"], "Springbok Foods and its machines"),
  person(4, 0x11, "viewer", "Springbok Foods auditor", ["viewer"], "the same, changing nothing"),
  person(5, 0x20, "highveld", "Highveld Hosting desk", ["owner"], "another reseller's estate"),
  person(6, 0x21, "clinics", "Jacaranda Clinics desk", ["owner"], "a customer of the other reseller"),
  person(7, 0x13, "freight", "Drakens Freight desk", ["owner"], "a customer with almost no money left"),
];

export const organisationsSeed = (): OrganisationsSeed => ({
  organisations: demoOrganisations(),
  members: demoPeople.map(({ id, organisationId: place, roles }) => ({ userId: id, organisationId: place, roles })),
});

export const usersSeed = (): NewUser[] =>
  demoPeople.map(({ id, organisationId: place, email, displayName }) => ({
    id,
    organisationId: place,
    email,
    displayName,
    password: DEMO_PASSWORD,
  }));
