import { Button } from "@mantine/core";
import type { DownloadFormat } from "../gql/graphql.js";
import { ProblemText } from "./ProblemText.js";
import classes from "./TableDownload.module.css";
import { NO_ANSWER, useAction } from "./use-action.js";

interface TableDownloadProps {
  /** Where the file is; undefined where there was no answer. */
  link(format: DownloadFormat): Promise<string | undefined>;
}

/** A list as a file, for spreadsheets and programs. */
export function TableDownload({ link }: TableDownloadProps) {
  const { busy, problem, run } = useAction();
  const download = (format: DownloadFormat) =>
    run(async () => {
      const url = await link(format);
      if (url === undefined) return NO_ANSWER;
      // An attachment: the page stays where it is.
      window.location.assign(url);
      return null;
    });
  return (
    <div className={classes.downloads}>
      <Button variant="default" size="xs" loading={busy} onClick={() => download("CSV")}>
        Download CSV
      </Button>
      <Button variant="default" size="xs" disabled={busy} onClick={() => download("JSON_LINES")}>
        JSON
      </Button>
      <ProblemText>{problem}</ProblemText>
    </div>
  );
}
