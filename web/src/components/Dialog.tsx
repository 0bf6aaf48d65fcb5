import { type ReactNode, useEffect, useId, useRef } from "react";
import classes from "./Dialog.module.css";

interface DialogProps {
  title: string;
  open: boolean;
  onClose(): void;
  children: ReactNode;
}

/** Asks something before the page goes on; the browser keeps the focus inside and closes it with Escape. */
export function Dialog({ title, open, onClose, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (open) element.current?.showModal();
    else element.current?.close();
  }, [open]);
  return (
    <dialog ref={element} aria-labelledby={heading} className={classes.dialog} onClose={onClose}>
      {open && (
        <>
          <h2 id={heading} className={classes.title}>
            {title}
          </h2>
          <div className={classes.body}>{children}</div>
        </>
      )}
    </dialog>
  );
}

export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className={classes.buttons}>{children}</div>;
}
