// The messaging subgraph as a process of its own.
import { mailVariables } from "@tollgate/kit/process";
import { runSubgraph } from "@tollgate/kit/serve";
import { messagingSubgraph } from "./index.js";

await runSubgraph({
  name: "messaging",
  variables: mailVariables,
  rules: ({ SMTP_URL, TOLLGATE_DEMO }) =>
    SMTP_URL === undefined && TOLLGATE_DEMO !== "true"
      ? ["SMTP_URL: is needed where TOLLGATE_DEMO is false, else nobody gets a code"]
      : [],
  define: ({ own, demo }) =>
    messagingSubgraph({ smtpUrl: own.SMTP_URL ?? null, mailFrom: own.MAIL_FROM, mailbox: demo }),
});
