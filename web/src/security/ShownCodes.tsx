import { Button } from "@mantine/core";
import { IconCheck, IconCopy, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import { recoveryFile } from "./factor-words.js";
import classes from "./Security.module.css";

interface ShownCodesProps {
  codes: readonly string[];
  email: string | null;
  onDone(): void;
}

/** Ten recovery codes, shown this once; they are kept nowhere in the page but here. */
export function ShownCodes({ codes, email, onDone }: ShownCodesProps) {
  const [copied, setCopied] = useState<"yes" | "failed" | null>(null);
  const copy = () => {
    toClipboard(codes.join("\n")).then(
      () => setCopied("yes"),
      () => setCopied("failed"),
    );
  };
  return (
    <div className={classes.form}>
      <p>
        Each of these codes signs you in once when your phone is lost. Keep them where you keep your passwords. They are
        not shown again, and earlier ones no longer work.
      </p>
      <ul className={classes.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <p role="status" className="small dimmed">
        {copied === "yes" && "Copied."}
        {copied === "failed" && "The browser does not let this page copy: download them, or write them down."}
      </p>
      <DialogButtons>
        <Button
          variant="default"
          leftSection={
            copied === "yes" ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} stroke={1.8} aria-hidden />
          }
          onClick={copy}
        >
          Copy
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={14} stroke={1.8} aria-hidden />}
          onClick={() => download(recoveryFile(codes, email, new Date()))}
        >
          Download
        </Button>
        <Button onClick={onDone}>I have them</Button>
      </DialogButtons>
    </div>
  );
}

/** @throws where the browser gives no page the clipboard: without TLS there is none. */
async function toClipboard(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

function download(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: "tollgate-recovery-codes.txt" });
  link.click();
  URL.revokeObjectURL(address);
}
