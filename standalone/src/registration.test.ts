import { until } from "@tollgate/kit/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { mailbox, Person, TestTollgate } from "./testing/tollgate.js";

const PASSWORD = "Violet-Anchor-81";

let tollgate: TestTollgate;

beforeAll(async () => {
  tollgate = await TestTollgate.start(inject("postgresUrl"));
});

afterAll(() => tollgate.stop());

const nobody = () => new Person(tollgate.url, null);

/** The token of the only mail that an address got. */
const mailedToken = async (email: string): Promise<string> => {
  await until(async () => (await mailbox(tollgate.url, email)).length === 1);
  const [mail] = await mailbox(tollgate.url, email);
  return new URL(mail?.link ?? "").searchParams.get("token") ?? "";
};

const ME = "{ me { displayName roles { name } organisation { name kind parent { name } } } }";
const WALLET = "{ me { organisation { wallet { available { minorUnits } } } } }";

describe("whoever comes in", () => {
  it("by an invitation is a member everywhere, with what the role allows and no more", async () => {
    const owner = await tollgate.signIn("customer");
    const roles = await owner.ask("{ organisation { name roles { id name } } }");
    const technical = roles.data.organisation.roles.find((role: { name: string }) => role.name === "technical");
    const email = "sipho.new@example.com";
    const invited = await owner.ask(
      `mutation ($input: InviteMembersInput!) { inviteMembers(input: $input) { __typename
        ... on InvitationsSent { invitations { id } refused { email } } } }`,
      { input: { emails: [email], roleIds: [technical.id], idempotencyKey: "invite-sipho" } },
    );
    expect(invited.data.inviteMembers).toMatchObject({ __typename: "InvitationsSent", refused: [] });
    const token = await mailedToken(email);
    const preview = await nobody().ask(
      `query ($token: String!) { invitation(token: $token) { organisationName email roleNames } }`,
      { token },
    );
    expect(preview.data.invitation).toEqual({
      organisationName: roles.data.organisation.name,
      email,
      roleNames: ["technical"],
    });
    const accepted = await nobody().ask(
      `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { __typename
        ... on SignedIn { accessToken } ... on Problem { message } } }`,
      { input: { token, password: PASSWORD, displayName: "Sipho", delivery: "BEARER" } },
    );
    expect(accepted.data.acceptInvitation).toMatchObject({ __typename: "SignedIn" });
    const sipho = new Person(tollgate.url, accepted.data.acceptInvitation.accessToken);
    const { data } = await sipho.ask(ME);
    expect(data.me).toMatchObject({
      displayName: "Sipho",
      roles: [{ name: "technical" }],
      organisation: { name: roles.data.organisation.name, parent: null },
    });
    expect((await sipho.ask(WALLET)).errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    expect((await sipho.ask("{ vms(first: 1) { nodes { id } } }")).errors).toBeUndefined();
    const listed = await owner.ask(
      "{ organisation { invitations(first: 5, state: [ACCEPTED]) { nodes { email acceptedBy { displayName } } } } }",
    );
    expect(listed.data.organisation.invitations.nodes).toContainEqual({ email, acceptedBy: { displayName: "Sipho" } });
  });

  it("by signing up owns a customer of the operator, with an empty wallet", async () => {
    const email = "founder@example.com";
    expect((await nobody().ask("{ isSignUpOpen }")).data).toEqual({ isSignUpOpen: true });
    const signedUp = await nobody().ask(
      `mutation ($input: SignUpInput!) { signUp(input: $input) { __typename ... on Problem { message } } }`,
      { input: { email, password: PASSWORD, displayName: "Ayanda", organisationName: "Ayanda Clouds" } },
    );
    expect(signedUp.data.signUp).toEqual({ __typename: "MailSent" });
    const verified = await nobody().ask(
      `mutation ($token: String!) { verifyEmail(input: { token: $token }) { __typename ... on EmailVerified { email } } }`,
      { token: await mailedToken(email) },
    );
    expect(verified.data.verifyEmail).toEqual({ __typename: "EmailVerified", email });
    const ayanda = await tollgate.signIn(email, PASSWORD);
    const { data } = await ayanda.ask(ME);
    expect(data.me).toMatchObject({
      displayName: "Ayanda",
      roles: [{ name: "owner" }],
      organisation: { name: "Ayanda Clouds", kind: "CUSTOMER", parent: null },
    });
    const wallet = async () => (await ayanda.ask(WALLET)).data?.me?.organisation?.wallet;
    await until(async () => (await wallet())?.available.minorUnits === "0");
  });

  it("and whoever was there before is known to billing by name, so that bills bear it", async () => {
    const { organisations, billing } = tollgate.tollgate.subgraphs;
    const named = (name: string) => `select organisation_id, name from ${name} order by organisation_id`;
    const known = await organisations.database.system("test", (tx) => tx.sql.unsafe(named("organisation")));
    expect(known.map(({ name }) => name)).toContain("Ayanda Clouds");
    await organisations.delivered();
    const heard = await billing.database.system("test", (tx) => tx.sql.unsafe(named("organisation_name")));
    expect([...heard]).toEqual([...known]);
  });
});
