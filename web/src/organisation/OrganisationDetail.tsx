import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useFormats, useMay, usePerson, useServices } from "../app/services-context.js";
import { useHomeId } from "../app/use-home.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ABSENT } from "../format/formats.js";
import { OrganisationDetailDocument, type OrganisationDetailQuery } from "../gql/graphql.js";
import { HowItPays } from "../modes/HowItPays.js";
import { MoveOrganisation } from "./MoveOrganisation.js";
import { CreateOrganisation, RenameOrganisation } from "./NameForms.js";
import classes from "./Organisation.module.css";
import { OrganisationStatusLabel } from "./OrganisationStatusLabel.js";
import { KIND_WORDS } from "./organisation-words.js";
import { CloseOrganisation, ReactivateOrganisation, SuspendOrganisation } from "./StatusForms.js";
import { mayHaveChildren, type OrganisationNode } from "./tree-model.js";

type Detail = NonNullable<OrganisationDetailQuery["organisation"]>;

/** What somebody has done to the organisation that is shown. */
export type Done =
  | { what: "created"; node: OrganisationNode; parentId: string }
  | { what: "renamed" | "turned" | "closed"; node: OrganisationNode }
  | { what: "moved"; node: OrganisationNode; from: string | null; to: string };

interface OrganisationDetailProps {
  id: string;
  onDone(done: Done): void;
}

/** Everything about one organisation, and what may be done to it. */
export function OrganisationDetail({ id, onDone }: OrganisationDetailProps) {
  const withMembers = useMay("member:read");
  const { data, error, refetch } = useQuery(OrganisationDetailDocument, { variables: { id, withMembers } });
  const node = data?.organisation;
  if (!node && error) return <TroubleNotice error={error} of="The organisation" onRetry={() => refetch()} />;
  if (!node) return <Bones lines={5} height={20} label="the organisation" />;
  const done = (what: Done) => {
    refetch().catch(() => undefined); // told by the query's own error
    onDone(what);
  };
  return (
    <section aria-labelledby="organisation-name">
      <h2 id="organisation-name" className={classes.title}>
        {node.name}
      </h2>
      <OrganisationStatusLabel status={node.status} />
      <Facts node={node} withMembers={withMembers} />
      <HowItPays key={node.id} organisation={node} />
      <Actions node={node} onDone={done} />
    </section>
  );
}

function Facts({ node, withMembers }: { node: Detail; withMembers: boolean }) {
  const formats = useFormats();
  const below = node.estate.totalCount;
  return (
    <dl className={classes.facts}>
      {node.statusReason && (
        <>
          <dt>Because</dt>
          <dd>{node.statusReason}</dd>
        </>
      )}
      <dt>Kind</dt>
      <dd>{KIND_WORDS[node.kind]}</dd>
      <dt>Below</dt>
      <dd>{node.parent?.name ?? ABSENT}</dd>
      {mayHaveChildren(node) && (
        <>
          <dt>Has below it</dt>
          <dd>{typeof below === "number" ? formats.number(below - 1) : ABSENT}</dd>
        </>
      )}
      {withMembers && (
        <>
          <dt>Members</dt>
          <dd>{typeof node.members?.totalCount === "number" ? formats.number(node.members.totalCount) : ABSENT}</dd>
        </>
      )}
      <dt>Since</dt>
      <dd>{formats.dateTime(node.createdAt)}</dd>
      {node.closedAt && (
        <>
          <dt>Closed</dt>
          <dd>{formats.dateTime(node.closedAt)}</dd>
        </>
      )}
      <dt>Id</dt>
      <dd className="mono">{node.id}</dd>
    </dl>
  );
}

type Wish = "create" | "rename" | "move" | "suspend" | "reactivate" | "close";

const TITLES: Record<Wish, string> = {
  create: "New organisation",
  rename: "Rename",
  move: "Move",
  suspend: "Suspend",
  reactivate: "Reactivate",
  close: "Close for good",
};

/** What the person may do to it; the server decides in any case. */
function useWishes(node: Detail): readonly Wish[] {
  const isBelow = node.id !== usePerson()?.organisation?.id;
  const may: Record<Wish, boolean> = {
    create: useMay("organisation:create") && mayHaveChildren(node),
    rename: useMay("organisation:update"),
    move: useMay("organisation:move") && isBelow,
    suspend: useMay("organisation:suspend") && isBelow && node.status === "ACTIVE",
    reactivate: useMay("organisation:suspend") && isBelow && node.status === "SUSPENDED" && node.statusReason !== null,
    close: useMay("organisation:close") && isBelow,
  };
  if (node.status === "CLOSED") return [];
  return (Object.keys(may) as Wish[]).filter((wish) => may[wish]); // the keys of the record above
}

function Actions({ node, onDone }: { node: Detail; onDone(done: Done): void }) {
  const wishes = useWishes(node);
  const [wish, setWish] = useState<Wish | null>(null);
  const close = () => setWish(null);
  const after = (done: Done) => {
    close();
    onDone(done);
  };
  const props = { node, onCancel: close };
  return (
    <>
      <div className={classes.actions}>
        <ActFor node={node} />
        {wishes
          .filter((offered) => offered !== "close")
          .map((offered) => (
            <Button key={offered} variant="default" size="xs" onClick={() => setWish(offered)}>
              {offered === "create" ? "New below it" : TITLES[offered]}
            </Button>
          ))}
      </div>
      {wishes.includes("close") && (
        <div className={classes.danger}>
          <Button variant="outline" color="red.9" size="xs" className={classes.close} onClick={() => setWish("close")}>
            Close for good
          </Button>
        </div>
      )}
      <Dialog title={wish ? `${TITLES[wish]}: ${node.name}` : ""} open={wish !== null} onClose={close}>
        {wish === "create" && (
          <CreateOrganisation {...props} onDone={(made) => after({ what: "created", node: made, parentId: node.id })} />
        )}
        {wish === "rename" && <RenameOrganisation {...props} onDone={(now) => after({ what: "renamed", node: now })} />}
        {wish === "move" && (
          <MoveOrganisation
            {...props}
            onDone={(now, to) => after({ what: "moved", node: now, from: node.parent?.id ?? null, to })}
          />
        )}
        {wish === "suspend" && (
          <SuspendOrganisation {...props} onDone={(now) => after({ what: "turned", node: now })} />
        )}
        {wish === "reactivate" && (
          <ReactivateOrganisation {...props} onDone={(now) => after({ what: "turned", node: now })} />
        )}
        {wish === "close" && <CloseOrganisation {...props} onDone={(now) => after({ what: "closed", node: now })} />}
      </Dialog>
    </>
  );
}

/** Looks at everything as this organisation, until one comes back. */
function ActFor({ node }: { node: Detail }) {
  const { actFor } = useServices();
  const homeId = useHomeId();
  if (node.id === homeId || node.status === "CLOSED") return null;
  const { id, name, kind } = node;
  return (
    <Button
      variant="default"
      size="xs"
      onClick={() => actFor({ id, name, kind }).catch(() => window.location.reload())}
    >
      Act for it
    </Button>
  );
}
