import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { useEffect, useEffectEvent } from "react";
import { useServices } from "../app/services-context.js";

/**
 * Watches a subscription while `active`. The variables are compared by their JSON: new ones open a new stream.
 */
export function useLive<TData, TVariables extends Record<string, unknown>>(
  document: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
  active: boolean,
  onData: (data: TData) => void,
): void {
  const { live } = useServices();
  const deliver = useEffectEvent(onData);
  const key = JSON.stringify(variables);
  useEffect(() => {
    if (!active) return;
    // The key is what JSON.stringify made of variables of this type.
    const stable = JSON.parse(key) as TVariables;
    return live.watch(document, () => stable, deliver);
  }, [live, document, key, active]);
}
