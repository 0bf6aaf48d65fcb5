import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { useEffect, useState } from "react";
import { examples } from "./examples";
import { explanationPlugin } from "./explanation-plugin";
import { createFetcher } from "./fetcher";
import { isSignedIn } from "./session";

const fetcher = createFetcher();
const plugins = [HISTORY_PLUGIN, explorerPlugin(), explanationPlugin];

/** GraphiQL with the session of the page. */
export function App() {
  const signedOut = useSignedOut();
  return (
    <div className="page">
      {signedOut && (
        <p className="note" role="status">
          You are not signed in: most fields will answer UNAUTHENTICATED. <a href="/sign-in">Sign in</a>, then come
          back.
        </p>
      )}
      <div className="editor">
        <GraphiQL
          fetcher={fetcher}
          plugins={plugins}
          defaultTabs={examples}
          defaultEditorToolsVisibility={false}
          shouldPersistHeaders={false}
        >
          <GraphiQL.Logo>
            <a className="logo" href="/">
              Tollgate
            </a>
          </GraphiQL.Logo>
        </GraphiQL>
      </div>
    </div>
  );
}

function useSignedOut(): boolean {
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => {
    // No answer says nothing about the session; GraphiQL itself shows that the server is away.
    isSignedIn().then(
      (signedIn) => setSignedOut(!signedIn),
      () => setSignedOut(false),
    );
  }, []);
  return signedOut;
}
