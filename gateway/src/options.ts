import type {
  HealthReport,
  IdentitySource,
  PassThroughRoute,
  RequestCaller,
  SubgraphService,
} from "@tollgate/kit/protocol";
import type { Logger } from "pino";
import type { Identified } from "./identity/identify.js";
import type { Limits } from "./limits/limits.js";

export interface GatewayOptions {
  /** A Federation 2 supergraph. */
  supergraphSdl: string;
  /** The subgraphs, by the names that the supergraph has for them. */
  services: readonly SubgraphService[];
  /** Null: no token is verified and everybody is anonymous. */
  identity: IdentitySource | null;
  /** Tells who shows a bearer token, in place of `identity`: for tokens of others. */
  recognise?: (bearer: string | null) => Promise<Identified>;
  /**
   * For subgraphs that know nothing of the gateway: `Authorization`, languages and trace go along as the client sent
   * them, and nobody has to sign in to connect.
   */
  forwards?: boolean;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** The address in people's browsers, such as `https://cloud.example`; pages of other origins may not use sessions. */
  publicUrl: string;
  /** Cookies over HTTPS only, and the headers that keep browsers there. */
  secureCookies: boolean;
  logger: Logger;
  /** Folder of the built web app; null without one. */
  webRoot: string | null;
  /** Folder of the built GraphiQL; null without one. */
  graphiqlRoot: string | null;
  /** Paths of subgraphs outside the graph. */
  routes: readonly PassThroughRoute[];
  /** Addresses or CIDR ranges of proxies whose `X-Forwarded-For` is believed; none when left out. */
  trustedProxies?: readonly string[];
  /** What else has to be ready. */
  health: () => Promise<HealthReport>;
  /** Hears of operations that were refused for want of a permission; no subgraph ever sees those. */
  onForbidden?: (caller: RequestCaller, refusal: { coordinate: string; permission: string }) => void;
  /** Who may see plans and ask what is not registered; when left out, everybody where exploring is allowed. */
  mayExplore?: (caller: RequestCaller) => boolean;
  /** Registered documents by the SHA-256 of their text, which clients may send in place of the text. */
  trustedDocuments?: ReadonlyMap<string, string>;
  /** Answers nobody else than registered documents, but those who may explore. */
  onlyTrustedDocuments?: boolean;
  limits?: Partial<Limits>;
  /** Whether introspection and GraphiQL are allowed. */
  explore: boolean;
  /** What readers of `/metrics` show as a bearer token; this computer only may read when left out. */
  metricsToken?: string | null;
}
