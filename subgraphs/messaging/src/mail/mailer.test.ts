import type { DeliveredEvent } from "@tollgate/kit/protocol";
import { TestSubgraph, testTree, until } from "@tollgate/kit/testing";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { messagingSubgraph } from "../index.js";
import { codeMail, visit } from "../testing/arrange.js";
import { type SmtpServer, startSmtpServer } from "../testing/smtp-server.js";
import { claimMails, recordFailure, recordSent, removeMails, TRIES } from "./mail.js";
import { type Mail, mail } from "./mail.schema.js";

let messaging: TestSubgraph;
let smtp: SmtpServer;
let ahead = 0;
const clock = () => new Date(Date.now() + ahead);

beforeAll(async () => {
  smtp = await startSmtpServer();
  const mailFrom = "Tollgate <no-reply@tollgate.example>";
  const definition = messagingSubgraph({ smtpUrl: smtp.url, mailFrom, mailbox: true, clock });
  messaging = await TestSubgraph.start(inject("postgresUrl"), definition, testTree().source);
});

afterAll(async () => {
  await messaging.stop();
  await smtp.close();
});

const system = <T>(work: Parameters<typeof messaging.subgraph.database.system<T>>[1]) =>
  messaging.subgraph.database.system("tests", work);

const rowOf = async (event: DeliveredEvent): Promise<Mail | undefined> =>
  (await system((tx) => tx.db.select().from(mail).where(eq(mail.id, event.id))))[0];

const sentTo = (to: string) => smtp.received.filter((received) => received.to === to);

const send = async (request: Parameters<typeof codeMail>[0] = {}) => {
  const asked = codeMail({ expiresAt: new Date(clock().getTime() + 300_000), ...request });
  await messaging.subgraph.inbox.receive(asked.event);
  return asked;
};

describe("the mailer", () => {
  it("sends a code by SMTP, in plain text and HTML, once, and erases it", async () => {
    const { event, code, to } = await send({ displayName: "Thandi" });
    await until(async () => (await rowOf(event))?.state === "SENT");
    const [received] = sentTo(to);
    expect(sentTo(to)).toHaveLength(1);
    expect(received?.from).toBe("no-reply@tollgate.example");
    expect(received?.data).toContain(`Message-ID: <${event.id}@tollgate.example>`);
    expect(received?.data).toContain("multipart/alternative");
    expect(received?.data.split(code)).toHaveLength(3);
    expect((await rowOf(event))?.sealed).toBeNull();
    expect(await visit(messaging, "/mailbox")).toBeNull();
  });

  it("tries again after a pause when the server is busy", async () => {
    smtp.refuse("451 later");
    const { event, to } = await send();
    await until(async () => (await rowOf(event))?.error !== null);
    expect((await rowOf(event))?.state).toBe("QUEUED");
    expect(sentTo(to)).toHaveLength(0);
    ahead += 10_000;
    await until(async () => (await rowOf(event))?.state === "SENT");
    expect(sentTo(to)).toHaveLength(1);
    expect((await rowOf(event))?.attempts).toBe(2);
  });

  it("gives up at once what the server refuses for good, and what has expired", async () => {
    smtp.refuse("550 no such mailbox");
    const refused = await send();
    await until(async () => (await rowOf(refused.event))?.state === "FAILED");
    expect(await rowOf(refused.event)).toMatchObject({
      attempts: 1,
      sealed: null,
      error: expect.stringContaining("550"),
    });
    const expired = await send({ expiresAt: new Date(clock().getTime() - 1) });
    await until(async () => (await rowOf(expired.event))?.state === "FAILED");
    expect(sentTo(expired.to)).toHaveLength(0);
  });
});

describe("a queued mail", () => {
  /** Asked for so far ahead that the subgraph's own mailer leaves it alone. */
  const later = new Date(Date.now() + 3_600_000);
  const queue = async () => {
    const { event } = codeMail();
    await system(async (tx) => {
      const { organisationId, userId } = event.payload as { organisationId: string; userId: string };
      const values = {
        id: event.id,
        organisationId,
        userId,
        kind: "SIGN_IN_CODE" as const,
        recipient: "a@example.com",
      };
      const rest = { displayName: "A", locale: "en-ZA", expiresAt: later, nextAttemptAt: later, createdAt: later };
      await tx.db.insert(mail).values({ ...values, ...rest });
    });
    return event;
  };
  const moment = (seconds: number) => new Date(later.getTime() + seconds * 1_000);
  const claim = (at: Date) => system((tx) => claimMails(tx, 10, at));

  it("belongs to one sender until the lease ends, and a late answer changes nothing", async () => {
    const event = await queue();
    const claims = await Promise.all([claim(moment(1)), claim(moment(1)), claim(moment(1))]);
    expect(claims.flat().map(({ id }) => id)).toEqual([event.id]);
    const [first] = claims.flat();
    expect(await claim(moment(30))).toEqual([]);
    const [second] = await claim(moment(62));
    if (!first || !second) throw new Error("not claimed");
    await system((tx) => recordFailure(tx, first, "too late", true, moment(63)));
    expect((await rowOf(event))?.state).toBe("QUEUED");
    await system((tx) => recordSent(tx, second, false, moment(64)));
    expect((await rowOf(event))?.state).toBe("SENT");
  });

  it("is given up after its last try, each pause longer than the one before", async () => {
    const event = await queue();
    let at = moment(100);
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const [claimed] = await claim(at);
      if (!claimed) throw new Error("not claimed");
      const now = at;
      const givenUp = await system((tx) => recordFailure(tx, claimed, "busy", false, now));
      expect(givenUp).toBe(attempt === TRIES);
      const next = (await rowOf(event))?.nextAttemptAt ?? at;
      if (!givenUp) pauses.push(next.getTime() - at.getTime());
      at = next;
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect((await rowOf(event))?.state).toBe("FAILED");
    await system((tx) => removeMails(tx, moment(1)));
    expect(await rowOf(event)).toBeUndefined();
  });
});
