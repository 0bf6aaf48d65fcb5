import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { IconLinkOff, IconShieldCheck, IconShieldQuestion } from "@tabler/icons-react";
import { useFormats, usePerson, useServices, useStore } from "../app/services-context.js";
import { ProblemText } from "../components/ProblemText.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useNow } from "../components/use-now.js";
import { AuditTrailStateDocument, type AuditTrailStateQuery, VerifyAuditTrailDocument } from "../gql/graphql.js";
import classes from "./Audit.module.css";

const LOOK_EVERY_MS = 20_000;

type Verification = NonNullable<AuditTrailStateQuery["auditVerification"]>;

/** Whether the chain of hashes holds, and since when that is known. */
export function TrailState({ organisationId }: { organisationId: string | null }) {
  const own = usePerson()?.organisation?.id;
  const acting = useStore(useServices().acting.organisation)?.id;
  const { data, refetch } = useQuery(AuditTrailStateDocument, {
    variables: { organisationId },
    // A long trail may take longer than its request: what it found appears by itself.
    pollInterval: LOOK_EVERY_MS,
  });
  const [verify] = useMutation(VerifyAuditTrailDocument, { fetchPolicy: "no-cache" });
  const { busy, problem, run } = useAction();
  const id = organisationId ?? acting ?? own;

  const verifyNow = () =>
    run(async () => {
      if (!id) return NO_ANSWER;
      const { data: answered } = await verify({ variables: { input: { organisationId: id } } });
      const result = answered?.verifyAuditTrail;
      if (!result) return NO_ANSWER;
      if (result.__typename !== "AuditVerification") return result.message;
      await refetch();
      return null;
    });

  return (
    <div className={classes.chain}>
      {data && <Told verification={data.auditVerification ?? null} />}
      <Button size="xs" variant="default" onClick={verifyNow} loading={busy} disabled={!id}>
        Verify now
      </Button>
      <ProblemText>{problem}</ProblemText>
    </div>
  );
}

const MINUTE_MS = 60_000;

function Told({ verification }: { verification: Verification | null }) {
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  if (!verification) {
    return (
      <p className={classes.told} aria-live="polite">
        <IconShieldQuestion size={16} stroke={1.75} aria-hidden className={classes.quiet} />
        Not verified yet: it is every night.
      </p>
    );
  }
  const { intact, entriesChecked, checkedAt, missingTail, firstBrokenEntryId } = verification;
  const when = formats.ago(checkedAt, now);
  if (intact) {
    return (
      <p className={classes.told} aria-live="polite">
        <IconShieldCheck size={16} stroke={1.75} aria-hidden className={classes.good} />
        <span>
          This organisation's chain of {formats.number(entriesChecked)} entries holds. Verified {when}.
        </span>
      </p>
    );
  }
  return (
    <p className={classes.told} role="alert">
      <IconLinkOff size={16} stroke={1.75} aria-hidden className={classes.bad} />
      <span>
        This organisation's chain is broken
        {firstBrokenEntryId && (
          <>
            {" "}
            at the entry <span className="mono">{firstBrokenEntryId}</span>
          </>
        )}
        {missingTail > 0 && `: ${formats.number(missingTail)} entries are missing at its end`}. Verified {when}.
      </span>
    </p>
  );
}
