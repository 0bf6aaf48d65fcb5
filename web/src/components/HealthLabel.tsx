import { IconHeartBroken, IconHeartbeat, IconHeartExclamation } from "@tabler/icons-react";
import { ABSENT } from "../format/formats.js";
import classes from "./StateLabel.module.css";

const GOOD_FROM = 80;
const FAIR_FROM = 50;

interface HealthLabelProps {
  score: number | null | undefined;
  /** Without the number, where that stands beside it. */
  wordOnly?: boolean;
}

/** Health of 0–100 as icon, word and number. */
export function HealthLabel({ score, wordOnly = false }: HealthLabelProps) {
  if (score === null || score === undefined) return <span>{ABSENT}</span>;
  const level =
    score >= GOOD_FROM
      ? { word: "Good", icon: IconHeartbeat, tone: classes.plain }
      : score >= FAIR_FROM
        ? { word: "Fair", icon: IconHeartExclamation, tone: classes.warn }
        : { word: "Poor", icon: IconHeartBroken, tone: classes.bad };
  const Icon = level.icon;
  return (
    <span className={`${classes.label} ${level.tone}`}>
      <Icon size={14} stroke={2} aria-hidden />
      {level.word}
      {!wordOnly && <span className="numeric">{score}</span>}
    </span>
  );
}
