// The messaging subgraph as a process of its own.
import { mailVariables, publicUrl } from "@tollgate/kit/process";
import { runSubgraph } from "@tollgate/kit/serve";
import { messagingSubgraph } from "./index.js";

await runSubgraph({
  name: "messaging",
  variables: { ...mailVariables, PUBLIC_URL: publicUrl.default("http://localhost:4000") },
  rules: ({ SMTP_URL, PUBLIC_URL, TOLLGATE_DEMO }) =>
    TOLLGATE_DEMO === "true"
      ? []
      : [
          ...(SMTP_URL === undefined
            ? ["SMTP_URL: is needed where TOLLGATE_DEMO is false, else nobody gets a code"]
            : []),
          ...(PUBLIC_URL === undefined ? ["PUBLIC_URL: is needed; the links in mails lead there"] : []),
        ],
  define: ({ own, demo }) =>
    messagingSubgraph({
      smtpUrl: own.SMTP_URL ?? null,
      mailFrom: own.MAIL_FROM,
      mailbox: demo,
      publicUrl: own.PUBLIC_URL,
    }),
});
