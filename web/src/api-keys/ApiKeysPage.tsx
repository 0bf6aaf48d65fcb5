import { useQuery } from "@apollo/client/react";
import { Button } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../app/services-context.js";
import { Bones } from "../components/Bones.js";
import { Dialog } from "../components/Dialog.js";
import { EmptyState } from "../components/EmptyState.js";
import entries from "../components/Entries.module.css";
import { LoadMore } from "../components/LoadMore.js";
import { PageHeader } from "../components/PageHeader.js";
import { TroubleNotice } from "../components/TroubleNotice.js";
import { ApiKeysDocument } from "../gql/graphql.js";
import classes from "./ApiKeys.module.css";
import { CreateKey } from "./CreateKey.js";
import { KeyEntry } from "./KeyEntry.js";
import { ShownSecret } from "./ShownSecret.js";

const PAGE = 20;

/** The keys that programs of the organisation and of its partners use. */
export function ApiKeysPage() {
  const [may, mayManage] = [useMay("apiKey:read"), useMay("apiKey:manage")];
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const { data, error, networkStatus, refetch, fetchMore } = useQuery(ApiKeysDocument, {
    variables: { first: PAGE },
    skip: !may,
  });
  const keys = data?.apiKeys?.nodes;
  const created = (shown: string) => {
    setCreating(false);
    setSecret(shown);
    refetch().catch(() => undefined); // told by the query's own error
  };

  return (
    <>
      <PageHeader
        title="API keys"
        action={may && mayManage && <Button onClick={() => setCreating(true)}>Create a key</Button>}
      />
      {!may && (
        <EmptyState title="You may not see API keys">
          Ask whoever runs your organisation for the permission to see them.
        </EmptyState>
      )}
      {keys && keys.length > 0 && (
        <ul className={`${entries.list} ${classes.keys}`}>
          {keys.map((key) => (
            <KeyEntry key={key.id} apiKey={key} onSecret={setSecret} />
          ))}
        </ul>
      )}
      {keys?.length === 0 && (
        <EmptyState title="No keys yet">
          With a key a program of yours or of a partner asks Tollgate without anybody signing in. Give each program a
          key of its own, with no more than it needs.
        </EmptyState>
      )}
      <LoadMore page={data?.apiKeys?.pageInfo} networkStatus={networkStatus} fetchMore={fetchMore} mt="lg" />
      {may && !keys && !error && <Bones lines={4} height={88} label="the keys" />}
      {may && !keys && error && <TroubleNotice error={error} of="The keys" onRetry={() => refetch()} />}
      <Dialog title="Create a key" open={creating} onClose={() => setCreating(false)}>
        <CreateKey onCreated={created} onCancel={() => setCreating(false)} />
      </Dialog>
      <Dialog title="The secret of your key" open={secret !== null} onClose={() => setSecret(null)}>
        {secret !== null && <ShownSecret secret={secret} onDone={() => setSecret(null)} />}
      </Dialog>
    </>
  );
}
