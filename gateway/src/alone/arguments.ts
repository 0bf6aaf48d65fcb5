import { parseArgs } from "node:util";

/** How the gateway is started by itself. */
export interface AloneSettings {
  /** The file of the supergraph. */
  supergraph: string;
  host: string;
  port: number;
  /** Addresses that count before those of the file, by name of the subgraph. */
  addresses: ReadonlyMap<string, string>;
  /** Milliseconds until what is not answered yet counts as unavailable. */
  milliseconds: number;
  /** Who signs the tokens of clients; null where nobody is recognised. */
  tokens: { jwks: string; issuer: string; audience: string } | null;
  logLevel: string;
}

export const usage = `Serves one GraphQL API over the subgraphs of a Federation 2 supergraph.

  node gateway/dist/main.js --supergraph FILE --port N

  --supergraph FILE     the supergraph; served anew when the file changes, or at SIGHUP
  --port N              where to listen; 0 takes a free port
  --host H              the address to listen at (127.0.0.1)
  --subgraph NAME=URL   where a subgraph is, in place of the address in the file; once for each
  --timeout MS          until when a subgraph may answer (30000)
  --jwks URL            the keys that tokens are verified with, for @authenticated and @requiresScopes;
  --issuer NAME         with the issuer
  --audience NAME       and the audience that tokens must name
  --log-level LEVEL     trace, debug, info, warn, error, fatal or silent (info)
  --help                this text

Of the environment it reads METRICS_TOKEN and the OTEL_ variables, as .env.example explains them.
`;

const options = {
  supergraph: { type: "string" },
  host: { type: "string" },
  port: { type: "string" },
  subgraph: { type: "string", multiple: true },
  timeout: { type: "string" },
  jwks: { type: "string" },
  issuer: { type: "string" },
  audience: { type: "string" },
  "log-level": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const levels: readonly string[] = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];

/** The arguments are not usable; the message says all that is wrong. */
export class ArgumentsError extends Error {
  override name = "ArgumentsError";
}

/** Null when help was asked for. @throws ArgumentsError with everything that is wrong at once */
export function readArguments(given: readonly string[]): AloneSettings | null {
  const { values, tokens } = parseArgs({ args: [...given], options, strict: false, tokens: true });
  if (values.help) return null;
  const problems: string[] = tokens.flatMap((token) => {
    if (token.kind === "positional") return [`${token.value}: belongs to no option`];
    if (token.kind !== "option") return [];
    if (!(token.name in options)) return [`${token.rawName}: is no option`];
    return token.name !== "help" && !token.value ? [`${token.rawName}: needs a value`] : [];
  });
  const one = (name: Exclude<keyof typeof options, "subgraph" | "help">): string | null => {
    const value = values[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const number = (name: "port" | "timeout", least: number, most: number, usual: number | null): number => {
    const text = one(name);
    const value = text === null ? usual : /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value === null) problems.push(`--${name}: is needed`);
    else if (!(value >= least && value <= most)) problems.push(`--${name}: must be a number from ${least} to ${most}`);
    return value ?? 0;
  };
  const supergraph = one("supergraph");
  if (supergraph === null) problems.push("--supergraph: is needed, the file of a supergraph");
  const logLevel = one("log-level") ?? "info";
  if (!levels.includes(logLevel)) problems.push(`--log-level: must be one of ${levels.join(", ")}`);
  const settings = {
    supergraph: supergraph ?? "",
    host: one("host") ?? "127.0.0.1",
    port: number("port", 0, 65_535, null),
    addresses: readAddresses(values.subgraph, problems),
    milliseconds: number("timeout", 1, 3_600_000, 30_000),
    tokens: readTokens(one("jwks"), one("issuer"), one("audience"), problems),
    logLevel,
  };
  if (problems.length === 0) return settings;
  throw new ArgumentsError(
    `The arguments are not usable:\n  ${[...new Set(problems)].join("\n  ")}\nSee --help for what there is.`,
  );
}

function readAddresses(given: unknown, problems: string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of Array.isArray(given) ? given : []) {
    if (typeof text !== "string") continue; // said above: it needs a value
    const [, name, url] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || url === undefined)
      problems.push(`--subgraph ${text}: must look like name=http://host:4001`);
    else if (!isAddress(url)) problems.push(`--subgraph ${name}: ${url} is no http or https address`);
    else if (found.has(name)) problems.push(`--subgraph ${name}: is given twice`);
    else found.set(name, url);
  }
  return found;
}

/** A token that names nobody in particular could be meant for somebody else: all three or none. */
function readTokens(jwks: string | null, issuer: string | null, audience: string | null, problems: string[]) {
  if (jwks === null && issuer === null && audience === null) return null;
  if (jwks === null || issuer === null || audience === null) {
    problems.push("--jwks, --issuer, --audience: belong together, give all of them or none");
    return null;
  }
  if (!isAddress(jwks)) problems.push(`--jwks: ${jwks} is no http or https address`);
  return { jwks, issuer, audience };
}

/** Whether it is an address that a server can be called at. */
export function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
