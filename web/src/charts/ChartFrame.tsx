import { Button } from "@mantine/core";
import { IconChartLine, IconTable } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Panel } from "../components/Panel.js";
import classes from "./Charts.module.css";

interface ChartFrameProps {
  title: string;
  /** Names and values of the lines. */
  readout?: ReactNode;
  chart: ReactNode;
  /** The same figures as a table; made only when it is asked for. */
  table: () => ReactNode;
}

/** A chart with its heading, its values in words, and the table behind it. */
export function ChartFrame({ title, readout, chart, table }: ChartFrameProps) {
  const [asTable, setAsTable] = useState(false);
  const Icon = asTable ? IconChartLine : IconTable;
  return (
    <Panel
      title={title}
      aside={
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          leftSection={<Icon size={14} stroke={1.8} aria-hidden />}
          aria-label={asTable ? `${title} as a chart` : `${title} as a table`}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "Chart" : "Table"}
        </Button>
      }
    >
      {readout && <div className={classes.head}>{readout}</div>}
      {asTable ? table() : chart}
    </Panel>
  );
}

interface ChartTableProps {
  caption: string;
  columns: readonly string[];
  /** The first cell of a row names it; keys are unique. */
  rows: readonly { key: string; cells: readonly string[] }[];
}

/** The figures of a chart, newest first. */
export function ChartTable({ caption, columns, rows }: ChartTableProps) {
  if (rows.length === 0) return <p className="dimmed">Nothing was measured in this time.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard
    <section className={classes.tableScroll} tabIndex={0} aria-label={caption}>
      <table className={classes.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={column} scope="col" className={index > 0 ? "numeric" : undefined}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, index) =>
                index === 0 ? (
                  <th key={columns[index]} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={columns[index]} className="numeric">
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface ReadoutProps {
  /** When the values hold. */
  moment?: string;
  entries: readonly { label: string; colour: string; value: string }[];
}

/** The lines of a chart by name, each with its colour and its value below the cursor, or else the newest. */
export function Readout({ moment, entries }: ReadoutProps) {
  return (
    <dl className={classes.readout}>
      {moment && (
        <div>
          <dt className="visually-hidden">Time</dt>
          <dd className="dimmed">{moment}</dd>
        </div>
      )}
      {entries.map(({ label, colour, value }) => (
        <div key={label}>
          <dt>
            <span className={classes.swatch} style={{ background: `var(${colour})` }} aria-hidden />
            {label}
          </dt>
          <dd className={classes.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
