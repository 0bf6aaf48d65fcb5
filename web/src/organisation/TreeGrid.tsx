import { Button } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { OrganisationStatusLabel } from "./OrganisationStatusLabel.js";
import { KIND_WORDS } from "./organisation-words.js";
import classes from "./TreeGrid.module.css";
import { type Row, stepFor } from "./tree-model.js";

const ROW_PIXELS = 36;
const INDENT_PIXELS = 20;

interface TreeGridProps {
  rows: readonly Row[];
  label: string;
  selectedId: string | null;
  /** What a line says that has nothing below it. */
  emptyWords: string;
  onSelect(id: string): void;
  onToggle(id: string, open: boolean): void;
  onMore(parentId: string): void;
}

/** A tree of thousands of lines, of which those in sight exist; worked by keys as WAI-ARIA's tree grid. */
export function TreeGrid({ rows, label, selectedId, emptyWords, onSelect, onToggle, onMore }: TreeGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const prefix = useId();
  // By its key while it is there; when it goes (a line "loading" does), whatever takes its place.
  const [active, setActive] = useState<{ key: string; index: number } | null>(null);
  const known = rows.findIndex(({ key }) => key === (active?.key ?? selectedId));
  const current = Math.min(known < 0 ? (active?.index ?? 0) : known, Math.max(rows.length - 1, 0));
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
  });

  const activate = (index: number) => {
    const row = rows[index];
    if (row) setActive({ key: row.key, index });
  };

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLButtonElement) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PIXELS) - 1);
    const step = stepFor(event.key, rows, current, page);
    if (!step) return;
    event.preventDefault();
    if (step.type === "focus") {
      activate(step.index);
      virtual.scrollToIndex(step.index, { align: "auto" });
    } else if (step.type === "select") onSelect(step.id);
    else onToggle(step.id, step.type === "open");
  };

  return (
    <div ref={scroller} className={classes.scroller}>
      <div
        role="treegrid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rows.length}
        // The focus stays on the grid: lines come and go as one scrolls.
        aria-activedescendant={rows.length > 0 ? `${prefix}-${current}` : undefined}
        className={classes.grid}
        style={{ height: virtual.getTotalSize() }}
        onKeyDown={press}
      >
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the grid's affair
            <div
              key={key}
              id={`${prefix}-${index}`}
              role="row"
              aria-rowindex={index + 1}
              aria-level={row.level}
              {...(row.type === "organisation" && {
                "aria-posinset": row.position,
                "aria-setsize": row.siblings,
                "aria-selected": row.node.id === selectedId,
                ...(row.isOpen !== null && { "aria-expanded": row.isOpen }),
              })}
              tabIndex={-1}
              className={`${classes.row} ${index === current ? classes.current : ""}`}
              style={{ transform: `translateY(${start}px)` }}
              onClick={() => {
                activate(index);
                if (row.type === "organisation") onSelect(row.node.id);
              }}
            >
              <Line row={row} emptyWords={emptyWords} onToggle={onToggle} onMore={onMore} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

type LineProps = Pick<TreeGridProps, "emptyWords" | "onToggle" | "onMore"> & { row: Row };

function Line({ row, emptyWords, onToggle, onMore }: LineProps) {
  const indent = { paddingLeft: (row.level - 1) * INDENT_PIXELS };
  if (row.type !== "organisation") {
    return (
      // biome-ignore lint/a11y/useSemanticElements: a table cannot leave out the lines that are out of sight
      <div role="gridcell" tabIndex={-1} aria-colspan={3} className={classes.note} style={indent}>
        <Note row={row} emptyWords={emptyWords} onMore={onMore} />
      </div>
    );
  }
  const { node, isOpen } = row;
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div role="gridcell" tabIndex={-1} className={classes.name} style={indent}>
        {isOpen === null ? (
          <span className={classes.leaf} />
        ) : (
          <button
            type="button"
            tabIndex={-1}
            className={classes.toggle}
            aria-label={`${isOpen ? "Close" : "Open"} ${node.name}`}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(node.id, !isOpen);
            }}
          >
            <IconChevronRight size={16} stroke={1.8} aria-hidden className={isOpen ? classes.turned : undefined} />
          </button>
        )}
        <span className={classes.text}>{node.name}</span>
        {node.parent && <span className={classes.above}>of {node.parent.name}</span>}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div role="gridcell" tabIndex={-1} className={classes.kind}>
        {KIND_WORDS[node.kind]}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div role="gridcell" tabIndex={-1} className={classes.status} title={node.statusReason ?? undefined}>
        <OrganisationStatusLabel status={node.status} />
      </div>
    </>
  );
}

type NoteRow = Exclude<Row, { type: "organisation" }>;

function Note({ row, emptyWords, onMore }: { row: NoteRow } & Pick<TreeGridProps, "emptyWords" | "onMore">) {
  const { type, parentId } = row;
  const isMore = type === "more";
  // A line for more that has come into sight asks for it.
  useEffect(() => {
    if (isMore) onMore(parentId);
  }, [isMore, parentId, onMore]);
  if (type === "failed") {
    return (
      <>
        These could not be loaded.
        <Button variant="default" size="compact-xs" onClick={() => onMore(parentId)}>
          Try again
        </Button>
      </>
    );
  }
  if (type === "empty") return <span className="dimmed">{emptyWords}</span>;
  return (
    <span className="dimmed" aria-busy="true">
      Loading…
    </span>
  );
}
