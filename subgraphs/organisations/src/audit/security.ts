/** Actions that tell of an attack rather than of work; whatever was refused does so as well. */
const SECURITY_ACTIONS = ["session:reuse", "user:lockOut", "user:confirmPassword"];

/** What the watch over the trail raises by itself begins with this. */
export const SECURITY_PREFIX = "security:";

/** Which entries matter for security. The index says the same, word for word, or it would not be used. */
export const SECURITY_CONDITION = `outcome = 'REFUSED' or starts_with(action, '${SECURITY_PREFIX}') or action in (${SECURITY_ACTIONS.map((action) => `'${action}'`).join(", ")})`;
