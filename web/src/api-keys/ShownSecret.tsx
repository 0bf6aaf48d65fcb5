import { Button } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { DialogButtons } from "../components/Dialog.js";
import classes from "./ApiKeys.module.css";

/** @throws where the browser gives no page the clipboard: without TLS there is none. */
async function toClipboard(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/** A secret that is shown this once; it is kept nowhere in the page but here. */
export function ShownSecret({ secret, onDone }: { secret: string; onDone(): void }) {
  const [copied, setCopied] = useState<"yes" | "failed" | null>(null);
  const copy = () => {
    toClipboard(secret).then(
      () => setCopied("yes"),
      () => setCopied("failed"),
    );
  };
  return (
    <>
      <p>Copy the secret now and put it where your program reads it. It is not shown again.</p>
      <p className={classes.secret} data-testid="secret">
        {secret}
      </p>
      <p role="status" className="small dimmed">
        {copied === "yes" && "Copied."}
        {copied === "failed" && "The browser does not let this page copy: select the secret and copy it yourself."}
      </p>
      <DialogButtons>
        <Button
          variant="default"
          leftSection={
            copied === "yes" ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} stroke={1.8} aria-hidden />
          }
          onClick={copy}
        >
          Copy the secret
        </Button>
        <Button onClick={onDone}>I have it</Button>
      </DialogButtons>
    </>
  );
}
