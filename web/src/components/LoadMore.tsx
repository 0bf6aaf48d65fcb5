import { NetworkStatus } from "@apollo/client";
import { Button } from "@mantine/core";

interface LoadMoreProps {
  /** Of the list as far as it is there; at its end nothing is shown. */
  page: { hasNextPage: boolean; endCursor?: string | null } | null | undefined;
  networkStatus: NetworkStatus;
  fetchMore(more: { variables: { after: string | null } }): Promise<unknown>;
  /** How far below the list it stands. */
  mt?: "sm" | "md" | "lg";
  size?: "xs" | "sm";
  children?: string;
}

/** Asks for the next page of a list, and stands below it. */
export function LoadMore({ page, networkStatus, fetchMore, mt, size = "sm", children = "Load more" }: LoadMoreProps) {
  if (!page?.hasNextPage) return null;
  const more = () => {
    fetchMore({ variables: { after: page.endCursor ?? null } }).catch(() => undefined); // told by the query's own error
  };
  return (
    <Button
      variant="default"
      size={size}
      {...(mt && { mt })}
      loading={networkStatus === NetworkStatus.fetchMore}
      onClick={more}
    >
      {children}
    </Button>
  );
}
