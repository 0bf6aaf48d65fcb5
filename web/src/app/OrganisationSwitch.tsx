import { UnstyledButton } from "@mantine/core";
import { IconArrowBackUp, IconSelector } from "@tabler/icons-react";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import type { ActingFor } from "./acting.js";
import classes from "./OrganisationSwitch.module.css";
import { useMay, usePerson, useServices, useStore } from "./services-context.js";

const load = () =>
  import("../organisation/OrganisationPicker.js").then(({ OrganisationPicker }) => ({ default: OrganisationPicker }));
const OrganisationPicker = lazy(load);

/** Whoever comes near the button is about to press it. */
const preload = () => {
  load().catch(() => undefined); // asked for again when it is opened, where it would be told
};

/** The organisation's name; for whoever has an estate also the way to act for one of it, and back. */
export function OrganisationSwitch({ name }: { name: string }) {
  const { acting, actFor } = useServices();
  const current = useStore(acting.organisation);
  const recent = useStore(acting.recent);
  const own = usePerson()?.organisation;
  const maySee = useMay("organisation:read");
  const [open, setOpen] = useState(false);
  const leave = useLeaveForeignPage();
  if (!own || own.kind === "CUSTOMER" || !maySee) return <span className={classes.name}>{name}</span>;

  const choose = (next: ActingFor | null) => {
    setOpen(false);
    if ((next?.id ?? own.id) === (current?.id ?? own.id)) return;
    leave();
    actFor(next?.id === own.id ? null : next).catch(() => window.location.reload());
  };
  return (
    <>
      {current && <span className={classes.acting}>Acting for</span>}
      <UnstyledButton
        className={`${classes.button} ${current ? classes.isActing : ""}`}
        aria-haspopup="dialog"
        aria-label={`${current ? "Acting for" : "Organisation"} ${name}. Act for another`}
        onPointerEnter={preload}
        onFocus={preload}
        onClick={() => setOpen(true)}
      >
        <span className={classes.name}>{name}</span>
        <IconSelector size={14} stroke={1.8} aria-hidden className={classes.icon} />
      </UnstyledButton>
      {current && (
        <UnstyledButton className={classes.back} title={`Back to ${own.name}`} onClick={() => choose(null)}>
          <IconArrowBackUp size={16} stroke={1.8} aria-hidden />
          <span className={classes.backWord}>Back to {own.name}</span>
        </UnstyledButton>
      )}
      <Dialog title="Act for an organisation" open={open} onClose={() => setOpen(false)}>
        <Suspense fallback={<Bones lines={3} height={32} label="the organisations" />}>
          <OrganisationPicker rootId={own.id} label="Search your organisations" recent={recent} onChoose={choose} />
        </Suspense>
      </Dialog>
    </>
  );
}

/** A page of one machine or conversation belongs to whom one leaves: the list of them does not. */
function useLeaveForeignPage(): () => void {
  const pathname = useLocation({ select: (location) => location.pathname });
  const navigate = useNavigate();
  return () => {
    const isDetail = pathname.split("/").filter(Boolean).length > 1 && !pathname.startsWith("/settings");
    if (isDetail) navigate({ to: "/" }).catch(() => undefined);
  };
}
