import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Keys whose values never reach a log, at any depth that we log at. */
const SECRETS = [
  "password",
  "code",
  "token",
  "accessToken",
  "refreshToken",
  "deviceToken",
  "recoveryCode",
  "secret",
  "apiKey",
  "authorization",
  "cookie",
];

/**
 * Structured logs, one JSON object a line, on standard error so that standard output stays for people.
 * @param level pino's levels; `silent` for tests.
 */
export const createLogger = (name: string, level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: "•••" },
      serializers: { error: pino.stdSerializers.err },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
