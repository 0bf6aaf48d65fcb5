import { z } from "zod";

/** Every problem of the environment at once, one line each; the process shall print it and stop. */
export class EnvironmentError extends Error {
  override name = "EnvironmentError";
}

/**
 * Reads the variables that `shape` names. An empty variable counts as missing.
 * @param further rules over several variables, as texts; each problem begins with a variable's name.
 * @throws EnvironmentError naming every missing or bad variable at once.
 */
export const readEnvironment = <Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: NodeJS.ProcessEnv = process.env,
  further: (given: Readonly<Record<string, string | undefined>>) => string[] = () => [],
): z.infer<z.ZodObject<Shape>> => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const result = z.object(shape).safeParse(given);
  const issues = result.error?.issues ?? [];
  const problems = [...issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`), ...further(given)];
  if (result.success && problems.length === 0) return result.data;
  throw new EnvironmentError(`The environment is not usable:\n  ${problems.join("\n  ")}`);
};

/** A variable that is `true` or `false`, nothing else. */
export const flag = (fallback: boolean) =>
  z
    .enum(["true", "false"], { error: "must be true or false" })
    .default(fallback ? "true" : "false")
    .transform((text) => text === "true");

/** A whole number within bounds. */
export const wholeNumber = (minimum: number, maximum: number, fallback: number) =>
  z.coerce
    .number({ error: "must be a number" })
    .int("must be a whole number")
    .min(minimum, `must be at least ${minimum}`)
    .max(maximum, `must be at most ${maximum}`)
    .default(fallback);

/** A PostgreSQL connection address. */
export const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\/[^\s]+$/, "must look like postgres://user:password@host:5432/database");

/** Where people reach Tollgate. */
export const publicUrl = z
  .url({ protocol: /^https?$/, error: "must be an address such as https://cloud.example" })
  .transform((text) => text.replace(/\/$/, ""));

/** How mail leaves. */
export const mailVariables = {
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\/\S+$/, "must look like smtps://user:password@mail.example:465")
    .optional(),
  MAIL_FROM: z.string().optional(),
};

/** Who runs a new Tollgate: both, or neither where somebody is there already. */
export const operatorVariables = {
  OPERATOR_NAME: z.string().trim().min(1).max(120).optional(),
  OPERATOR_EMAIL: z.email("must be an e-mail address").optional(),
};

/** What is wrong with them together, in words. */
export const operatorRule = (given: Readonly<Record<string, string | undefined>>): string[] =>
  Boolean(given["OPERATOR_NAME"]) === Boolean(given["OPERATOR_EMAIL"])
    ? []
    : ["OPERATOR_NAME and OPERATOR_EMAIL: are needed together"];

/** What of the audit trail is kept outside of the database. */
export const auditVariables = { AUDIT_DIRECTORY: z.string().optional() };
