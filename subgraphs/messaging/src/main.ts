// The messaging subgraph as a process of its own.
import { mailVariables, publicUrl } from "@tollgate/kit/process";
import { runSubgraph } from "@tollgate/kit/serve";
import { messagingSubgraph } from "./index.js";

await runSubgraph({
  name: "messaging",
  variables: { ...mailVariables, PUBLIC_URL: publicUrl.default("http://localhost:4000") },
  rules: ({ PUBLIC_URL, TOLLGATE_DEMO }) =>
    TOLLGATE_DEMO === "true" || PUBLIC_URL !== undefined
      ? []
      : ["PUBLIC_URL: is needed; the links in mails lead there"],
  define: ({ own, demo }) =>
    messagingSubgraph({
      smtpUrl: own.SMTP_URL ?? null,
      mailFrom: own.MAIL_FROM ?? null,
      mailbox: demo,
      publicUrl: own.PUBLIC_URL,
    }),
});
