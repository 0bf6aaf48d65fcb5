import { type Credentials, Tollgate } from "@tollgate/client";

/**
 * A client from the environment: TOLLGATE_URL, and TOLLGATE_TOKEN (an access token) or TOLLGATE_API_KEY. TOLLGATE_ORGANISATION
 * narrows it to one organisation of the estate.
 *
 * @throws Error when nothing says who asks
 */
export function tollgateFromEnvironment(environment: NodeJS.ProcessEnv): Tollgate {
  const { TOLLGATE_URL, TOLLGATE_ORGANISATION } = environment;
  return new Tollgate({
    url: TOLLGATE_URL ?? "http://localhost:4000",
    credentials: credentialsFrom(environment),
    locale: "en-ZA",
    ...(TOLLGATE_ORGANISATION && { organisationId: TOLLGATE_ORGANISATION }),
  });
}

function credentialsFrom({ TOLLGATE_TOKEN, TOLLGATE_API_KEY }: NodeJS.ProcessEnv): Credentials {
  if (TOLLGATE_TOKEN) return { token: TOLLGATE_TOKEN };
  if (TOLLGATE_API_KEY) return { apiKey: TOLLGATE_API_KEY };
  throw new Error("Set TOLLGATE_TOKEN or TOLLGATE_API_KEY");
}
