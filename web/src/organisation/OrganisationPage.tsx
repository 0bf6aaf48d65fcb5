import "@mantine/core/styles/Input.css";
import { Button, NativeSelect } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { TypedField } from "../filters/TypedField.js";
import type { OrganisationKind, OrganisationStatus } from "../gql/graphql.js";
import classes from "./Organisation.module.css";
import { type Done, OrganisationDetail } from "./OrganisationDetail.js";
import {
  isFiltered,
  KIND_WORDS,
  KINDS,
  type OrganisationSearch,
  parseOrganisationSearch,
  STATUS_WORDS,
  STATUSES,
} from "./organisation-words.js";
import { TreeGrid } from "./TreeGrid.js";
import { rowsOf, type TreeEvent } from "./tree-model.js";
import { useFound } from "./use-found.js";
import { useTree } from "./use-tree.js";

/** The organisations of the estate: as a tree, or those that fit what one looks for. */
export function OrganisationPage() {
  const search = useSearch({ from: "/shell/organisation" });
  const navigate = useNavigate({ from: "/organisation" });
  const may = useMay("organisation:read");
  const { tree, error, tell, more, reload } = useTree();
  const found = useFound(search);
  const filtered = isFiltered(search);
  const change = (next: OrganisationSearch) => {
    navigate({ search: next, replace: true }).catch(() => undefined);
  };
  const selected = search.selected ?? tree.rootId;
  const done = (what: Done) => {
    for (const event of eventsOf(what)) tell(event);
    found.changed(what.node);
    if (what.what === "created") change({ selected: what.node.id });
  };

  return (
    <>
      <PageHeader title="Organisations" />
      {!may && (
        <EmptyState title="You may not see organisations">
          Ask whoever runs your organisation for the permission to see them.
        </EmptyState>
      )}
      {may && error !== null && <TroubleNotice error={error} of="The organisations" onRetry={reload} />}
      {may && error === null && !tree.rootId && <Bones lines={8} height={28} label="the organisations" />}
      {may && tree.rootId && (
        <div className={classes.page}>
          <div>
            <Filters search={search} onChange={change} />
            <TreeGrid
              rows={filtered ? found.rows : rowsOf(tree)}
              label={filtered ? "Organisations found" : "Organisations"}
              selectedId={selected}
              emptyWords={filtered ? "No organisation fits." : "Nothing below it yet."}
              onSelect={(id) => change({ ...search, selected: id })}
              onToggle={(id, open) => tell({ type: open ? "opened" : "closed", id })}
              onMore={filtered ? found.more : more}
            />
          </div>
          <div className={classes.detail}>
            {selected && <OrganisationDetail key={selected} id={selected} onDone={done} />}
          </div>
        </div>
      )}
    </>
  );
}

/** What a change means for the tree that is shown. */
function eventsOf(done: Done): TreeEvent[] {
  const { node } = done;
  if (done.what === "created") {
    return [
      { type: "stale", id: done.parentId },
      { type: "opened", id: done.parentId },
    ];
  }
  if (done.what !== "moved") return [{ type: "changed", node, isBranch: done.what === "turned" }];
  return [
    { type: "changed", node, isBranch: true },
    ...(done.from === null ? [] : [{ type: "left" as const, id: node.id, parentId: done.from }]),
    { type: "stale", id: done.to },
    { type: "opened", id: done.to },
  ];
}

interface FiltersProps {
  search: OrganisationSearch;
  onChange(search: OrganisationSearch): void;
}

const KIND_CHOICES = [{ value: "", label: "Any kind" }, ...KINDS.map((value) => ({ value, label: KIND_WORDS[value] }))];
const STATUS_CHOICES = [
  { value: "", label: "Any status" },
  ...STATUSES.map((value) => ({ value, label: STATUS_WORDS[value] })),
];

function Filters({ search, onChange }: FiltersProps) {
  // Through the address's own parser: a value that no longer exists counts as none.
  const choose = (chosen: { kind?: OrganisationKind | string; status?: OrganisationStatus | string }) =>
    onChange(parseOrganisationSearch({ ...search, ...chosen }));

  return (
    <search className={classes.filters}>
      <TypedField
        type="search"
        aria-label="Search organisations"
        placeholder="Part of a name"
        leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
        value={search.search}
        onType={(text) => onChange({ ...search, search: text.trim() || undefined })}
        className={classes.search}
      />
      <NativeSelect
        aria-label="Kind"
        data={KIND_CHOICES}
        value={search.kind ?? ""}
        onChange={(event) => choose({ kind: event.currentTarget.value })}
        className={classes.select}
      />
      <NativeSelect
        aria-label="Status"
        data={STATUS_CHOICES}
        value={search.status ?? ""}
        onChange={(event) => choose({ status: event.currentTarget.value })}
        className={classes.select}
      />
      {isFiltered(search) && (
        <Button variant="default" onClick={() => onChange({ selected: search.selected })}>
          Show the tree
        </Button>
      )}
    </search>
  );
}
