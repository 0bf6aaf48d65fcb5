import "@mantine/core/styles/SegmentedControl.css";
import "@mantine/core/styles/FloatingIndicator.css";
import { SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMay } from "../app/services-context.js";
import { EmptyState } from "../components/EmptyState.js";
import { PageHeader } from "../components/PageHeader.js";
import { ComplianceView } from "./ComplianceView.js";
import { Downloads } from "./Downloads.js";
import { TrailState } from "./TrailState.js";
import { TrailView } from "./TrailView.js";

/** Who did what, and what a period looked like. */
export function AuditPage() {
  const search = useSearch({ from: "/shell/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const [may, mayExport] = [useMay("audit:read"), useMay("audit:export")];
  if (!may) {
    return (
      <>
        <PageHeader title="Audit trail" />
        <EmptyState title="You may not see the audit trail">
          Ask whoever runs your organisation for the permission to see it.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title="Audit trail"
        aside={
          <SegmentedControl
            size="xs"
            aria-label="What to see"
            value={search.view ?? "trail"}
            onChange={(value) => {
              const { view: _view, ...rest } = search;
              navigate({ search: value === "report" ? { ...rest, view: "report" } : rest }).catch(() => undefined);
            }}
            data={[
              { value: "trail", label: "Entries" },
              { value: "report", label: "Report" },
            ]}
          />
        }
        action={mayExport && search.view !== "report" && <Downloads search={search} />}
      />
      <TrailState organisationId={search.organisation ?? null} />
      {search.view === "report" ? <ComplianceView search={search} /> : <TrailView search={search} />}
    </>
  );
}
