import { useMutation, useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useEffect } from "react";
import { useFormats } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { useIntent } from "../components/use-intent.js";
import { type ExportFieldsFragment, ExportMyDataDocument, MyDataExportDocument } from "../gql/graphql.js";
import classes from "./People.module.css";

const LOOK_MS = 2_000;

/** Asks for an archive of everything that is kept about oneself, and gives it once it is there. */
export function ExportMyData() {
  const { data, error, refetch, startPolling, stopPolling } = useQuery(MyDataExportDocument, {
    fetchPolicy: "cache-and-network",
  });
  const [ask] = useMutation(ExportMyDataDocument);
  const action = useAction();
  const intent = useIntent();
  const newest = data?.myDataExport ?? null;
  const gathering = newest?.state === "GATHERING";
  useEffect(() => {
    if (gathering) startPolling(LOOK_MS);
    return stopPolling;
  }, [gathering, startPolling, stopPolling]);
  const reload = () => {
    refetch().catch(() => undefined); // told by the query's own error
  };
  const go = async () => {
    const answer = await ask({ variables: { input: { idempotencyKey: intent.keyFor("export") } } });
    const result = answer.data?.exportMyData;
    intent.settle();
    if (!result) return NO_ANSWER;
    if (result.__typename !== "DataExport") return result.message;
    await refetch();
    return null;
  };
  const freshLink = async () => (await refetch()).data?.myDataExport?.download?.url ?? null;

  if (!data && error) return <TroubleNotice error={error} of="Your data" onRetry={reload} />;
  if (!data) return <Bones lines={2} height={20} label="your archive" />;
  return (
    <div className={classes.stack}>
      <p>
        An archive of everything that Tollgate keeps about you, as one JSON file: what you told it, where you signed in,
        what you were told and what you did. Passwords and other secrets are not in it.
      </p>
      {newest && <Newest newest={newest} freshLink={freshLink} />}
      <ProblemText>{action.problem}</ProblemText>
      <Button variant="default" loading={action.busy} disabled={gathering} onClick={() => action.run(go)}>
        {newest ? "Gather a new archive" : "Gather my data"}
      </Button>
    </div>
  );
}

function Newest({ newest, freshLink }: { newest: ExportFieldsFragment; freshLink(): Promise<string | null> }) {
  const formats = useFormats();
  const action = useAction();
  const { state, requestedAt, expiresAt } = newest;
  // A link is good for minutes, and the page may be open for hours.
  const download = async () => {
    const url = await freshLink();
    if (url === null) return "This archive was removed meanwhile.";
    window.location.assign(url);
    return null;
  };
  if (state === "GATHERING") {
    return <p role="status">Your data is being gathered. You get a mail when it is ready; you may leave this page.</p>;
  }
  if (state === "FAILED") {
    return <p>The archive of {formats.dateTime(requestedAt)} could not be gathered. Ask for it again.</p>;
  }
  if (state === "EXPIRED") return <p className="dimmed">The archive of {formats.dateTime(requestedAt)} was removed.</p>;
  return (
    <>
      <p>
        The archive of {formats.dateTime(requestedAt)} is ready, and there until {formats.dateTime(expiresAt)}.
      </p>
      <ProblemText>{action.problem}</ProblemText>
      <Button loading={action.busy} onClick={() => action.run(download)}>
        Download the archive
      </Button>
    </>
  );
}
