/** A role that somebody can be invited to. */
export interface OfferedRole {
  id: string;
  name: string;
  /** Permissions that it would give and that the inviter does not hold. */
  missing: number;
}

/** One e-mail of a list, with the role it gets and what is wrong with it. */
export interface InviteLine {
  /** Place in the list. */
  place: number;
  /** As counted in the text, from 1. */
  line: number;
  email: string;
  roleId: string | null;
  /** Name of the role, as the list writes it. */
  role: string;
  problem: string | null;
}

/** What the server takes at once. */
export const MOST_AT_ONCE = 100;

const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]+\.[^\s@<>".]+$/;

/** The cells of one line: separated by commas, semicolons or tabs, in quotes where they have one of those in them. */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  for (const [, quoted, plain = ""] of line.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,;\t]*))\s*(?:[,;\t]|$)/g)) {
    cells.push((quoted?.replaceAll('""', '"') ?? plain).trim());
  }
  // The end of the line is matched once more, as an empty cell.
  return cells.slice(0, -1);
}

/** `Sipho <sipho@example.com>` as `sipho@example.com`. */
function addressOf(cell: string): string {
  return /<([^<>]+)>$/.exec(cell)?.[1]?.trim() ?? cell;
}

interface Columns {
  email: number;
  role: number;
}

const USUAL: Columns = { email: 0, role: 1 };

/** The columns that a heading names; null when the line is no heading. */
function columnsOf(cells: readonly string[]): Columns | null {
  const names = cells.map((cell) => cell.toLowerCase().replace(/[^a-z]/g, ""));
  const email = names.indexOf("email");
  return email < 0 ? null : { email, role: names.indexOf("role") };
}

/**
 * Reads what was pasted or came in a file: one person a line with an e-mail and, if it is to be another one than the
 * usual, the role; or just e-mails one after the other.
 */
export function linesOf(text: string, roles: readonly OfferedRole[], usualRoleId: string): InviteLine[] {
  const lines: InviteLine[] = [];
  const seen = new Set<string>();
  let columns = USUAL;
  const add = (line: number, cell: string, role: string) => {
    const email = addressOf(cell);
    const known = role === "" ? roles.find(({ id }) => id === usualRoleId) : roleNamed(role, roles);
    const problem =
      emailProblem(email, seen) ?? roleProblem(known, role) ?? (lines.length >= MOST_AT_ONCE ? TOO_MANY : null);
    seen.add(email.toLowerCase());
    lines.push({ place: lines.length, line, email, roleId: known?.id ?? null, role: known?.name ?? role, problem });
  };
  text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .forEach((content, index) => {
      const cells = cellsOf(content);
      if (cells.every((cell) => cell === "")) return;
      const heading = lines.length === 0 ? columnsOf(cells) : null;
      if (heading) {
        columns = heading;
        return;
      }
      const addresses = cells.filter((cell) => cell.includes("@"));
      if (addresses.length > 1) for (const address of addresses) add(index + 1, address, "");
      else add(index + 1, cells[columns.email] ?? "", cells[columns.role] ?? "");
    });
  return lines;
}

const TOO_MANY = `At most ${MOST_AT_ONCE} at once: invite the rest afterwards.`;

function roleNamed(name: string, roles: readonly OfferedRole[]): OfferedRole | undefined {
  return roles.find((role) => role.name.toLowerCase() === name.toLowerCase());
}

function emailProblem(email: string, seen: ReadonlySet<string>): string | null {
  if (email === "") return "There is no e-mail in this line.";
  if (email.length > 254 || !EMAIL.test(email)) return "This is not a complete e-mail address.";
  return seen.has(email.toLowerCase()) ? "This e-mail stands in the list twice." : null;
}

function roleProblem(role: OfferedRole | undefined, name: string): string | null {
  if (!role) return name === "" ? "Choose a role." : `There is no role called ${name}.`;
  return role.missing > 0 ? `You cannot give ${role.name}: it may do more than you.` : null;
}

/** Those who get the same role, to be invited together. */
export function groupsOf(lines: readonly InviteLine[]): { roleId: string; emails: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const { email, roleId, problem } of lines) {
    if (problem === null && roleId !== null) groups.set(roleId, [...(groups.get(roleId) ?? []), email]);
  }
  return [...groups].map(([roleId, emails]) => ({ roleId, emails }));
}
