import { useApolloClient } from "@apollo/client/react";
import { ActionIcon, Button } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconGripVertical, IconX } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useState } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Panel } from "../components/Panel.js";
import { ProblemText } from "../components/ProblemText.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { NO_ANSWER, useAction } from "../components/use-action.js";
import { RankVmsDocument } from "../gql/graphql.js";
import classes from "./Ranks.module.css";
import { isSame, placed, type Ranking, rankingOf, unranked } from "./ranking.js";
import { type MachineToRank, useMachinesToRank } from "./use-machines-to-rank.js";

/** In which order machines stop when the money ends: one drags them, or moves them by their buttons. */
export function Ranks() {
  const { machines, organisationId, error, refetch } = useMachinesToRank();
  if (!machines) {
    return (
      <Panel title="When the money ends">
        {error ? <TroubleNotice error={error} onRetry={() => refetch()} /> : <Bones lines={4} label="the machines" />}
      </Panel>
    );
  }
  if (machines.length === 0 || !organisationId) return null;
  const key = JSON.stringify(rankingOf(machines));
  return <RankEditor key={key} machines={machines} organisationId={organisationId} onSaved={() => refetch()} />;
}

interface RankEditorProps {
  machines: readonly MachineToRank[];
  organisationId: string;
  onSaved(): Promise<unknown>;
}

function RankEditor({ machines, organisationId, onSaved }: RankEditorProps) {
  const client = useApolloClient();
  const may = useMay("wallet:configure");
  const { busy, problem, run } = useAction();
  const saved = rankingOf(machines);
  const [ranking, setRanking] = useState<Ranking>(saved);
  const [said, setSaid] = useState("");
  const nameOf = (id: string) => machines.find((machine) => machine.id === id)?.name ?? "";
  const change = (next: Ranking, words: string) => {
    setRanking(next);
    setSaid(words);
  };
  const put = (id: string, place: number) =>
    change(placed(ranking, id, place), `${nameOf(id)} is number ${Math.min(place, ranking.ranked.length) + 1} now.`);
  const save = () =>
    run(async () => {
      const input = { organisationId, vmIds: [...ranking.ranked] };
      const { data } = await client.mutate({ mutation: RankVmsDocument, variables: { input } });
      const result = data?.rankVms;
      if (!result) return NO_ANSWER;
      if ("message" in result) return result.message;
      await onSaved();
      return null;
    });
  return (
    <Panel title="When the money ends">
      <p className={classes.words}>
        Machines without a rank stop first. Of the others the last of the list stops first, and number one runs longest.
      </p>
      <ol className={classes.list} aria-label="Ranked machines, the first stops last">
        {ranking.ranked.map((id, nth) => (
          <Ranked key={id} id={id} name={nameOf(id)} nth={nth} last={ranking.ranked.length - 1} may={may} onPut={put}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Take the rank of ${nameOf(id)} away`}
              onClick={() => change(unranked(ranking, id), `${nameOf(id)} has no rank now.`)}
            >
              <IconX size={16} stroke={1.6} aria-hidden />
            </ActionIcon>
          </Ranked>
        ))}
      </ol>
      {ranking.others.length > 0 && (
        <ul className={classes.list} aria-label="Machines without a rank, which stop first">
          {ranking.others.map((id) => (
            <li key={id} className={classes.machine} draggable={may} onDragStart={(event) => take(event, id)}>
              <span className={classes.nth}>–</span>
              <span className={classes.name}>{nameOf(id)}</span>
              {may && (
                <Button size="compact-xs" variant="default" onClick={() => put(id, ranking.ranked.length)}>
                  Rank
                  <span className="visually-hidden"> {nameOf(id)}</span>
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <p className="visually-hidden" role="status">
        {said}
      </p>
      {may && !isSame(saved, ranking) && (
        <div className={classes.actions}>
          <Button loading={busy} onClick={save}>
            Save the order
          </Button>
          <Button variant="subtle" disabled={busy} onClick={() => change(saved, "The order is as it was.")}>
            Undo
          </Button>
        </div>
      )}
      <ProblemText>{problem}</ProblemText>
    </Panel>
  );
}

const DRAGGED = "text/plain";

function take(event: DragEvent, id: string): void {
  event.dataTransfer.setData(DRAGGED, id);
  event.dataTransfer.effectAllowed = "move";
}

interface RankedProps {
  id: string;
  name: string;
  nth: number;
  last: number;
  may: boolean;
  onPut(id: string, place: number): void;
  /** Its last button. */
  children: ReactNode;
}

function Ranked({ id, name, nth, last, may, onPut, children }: RankedProps) {
  const [over, setOver] = useState(false);
  return (
    <li
      className={classes.machine}
      data-over={over || undefined}
      draggable={may}
      onDragStart={(event) => take(event, id)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const dragged = event.dataTransfer.getData(DRAGGED);
        if (dragged) onPut(dragged, nth);
      }}
    >
      <span className={classes.nth}>{nth + 1}</span>
      {may && <IconGripVertical size={14} stroke={1.6} aria-hidden className={classes.grip} />}
      <span className={classes.name}>{name}</span>
      {may && (
        <span className={classes.buttons}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Let ${name} run longer`}
            disabled={nth === 0}
            onClick={() => onPut(id, nth - 1)}
          >
            <IconArrowUp size={16} stroke={1.6} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Let ${name} stop earlier`}
            disabled={nth === last}
            onClick={() => onPut(id, nth + 1)}
          >
            <IconArrowDown size={16} stroke={1.6} aria-hidden />
          </ActionIcon>
          {children}
        </span>
      )}
    </li>
  );
}
