import { useHomeId } from "../app/use-home.js";
import classes from "./MachineOwner.module.css";

/** Whose a machine is, where that is not the person's own organisation: many have a machine of the same name. */
export function MachineOwner({ organisation }: { organisation: { id: string; name: string } | null | undefined }) {
  const own = useHomeId();
  if (!organisation || organisation.id === own) return null;
  return <span className={classes.owner}>{organisation.name}</span>;
}
