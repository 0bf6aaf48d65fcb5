/** Answers of GraphQL as far as the session needs them. */
interface Answer {
  data?: { refreshSession?: { __typename: string } | null; me?: { id: string } | null } | null;
  errors?: { extensions?: { code?: string } }[];
}

const endpoint = "/graphql";

async function ask(query: string): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer; // the gateway answers GraphQL, errors included
}

function isUnauthenticated(answer: Answer): boolean {
  return answer.errors?.some((error) => error.extensions?.code === "UNAUTHENTICATED") ?? false;
}

/** Renews the session of the cookies, under the lock of the web app: one page at a time. False when there is none. */
async function renew(): Promise<boolean> {
  return await navigator.locks.request("tollgate.session-renewal", async () => {
    if (!isUnauthenticated(await ask("{ me { id } }"))) return true; // another page was quicker
    const { data } = await ask("mutation { refreshSession(input: {}) { __typename } }");
    return data?.refreshSession?.__typename === "SignedIn";
  });
}

/** `fetch` that renews an expired session once and asks again. */
export const fetchWithSession: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const answer = (await response.clone().json()) as Answer; // as above
  if (!isUnauthenticated(answer) || !(await renew())) return response;
  return await fetch(input, init);
};

/** Whether somebody is signed in; renews the session when it has only expired. */
export async function isSignedIn(): Promise<boolean> {
  const answer = await ask("{ me { id } }");
  return isUnauthenticated(answer) ? await renew() : answer.data?.me != null;
}
