import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";

/**
 * The token of a link in a mail. It leaves the address at once, so that neither the history nor a bookmark nor
 * somebody who looks at the screen has it; loading the page again needs the link again.
 * @returns null when the page was opened without one.
 */
export function useLinkToken(): string | null {
  const { history } = useRouter();
  const [token] = useState(() => new URLSearchParams(history.location.search).get("token") || null);
  useEffect(() => {
    const { pathname, search, hash } = history.location;
    const rest = new URLSearchParams(search);
    if (!rest.has("token")) return;
    rest.delete("token");
    const left = rest.toString();
    history.replace(`${pathname}${left === "" ? "" : `?${left}`}${hash}`);
  }, [history]);
  return token;
}
