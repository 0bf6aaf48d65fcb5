import classes from "./Bones.module.css";
import { SlowNotice } from "./SlowNotice.js";

/** Grey bars in place of lines that are being loaded. */
export function Bones({ lines = 3, height = 16, label }: { lines?: number; height?: number; label: string }) {
  return (
    <div aria-busy="true" className={classes.bones}>
      <span className="visually-hidden">Loading {label}</span>
      {Array.from({ length: lines }, (_, line) => `line-${line}`).map((key) => (
        <div key={key} className={classes.bone} style={{ height }} />
      ))}
      <SlowNotice />
    </div>
  );
}
