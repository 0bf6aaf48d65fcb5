import { InvalidInputFault, oneLine, type RefusedField } from "@tollgate/kit";

const LONGEST_NAME = 80;

/** Collects what is refused of an input, field by field, so that all of it is told at once. */
export class Refusals {
  private readonly fields: RefusedField[] = [];

  check(isFine: boolean, path: string, reason: string, message: string): void {
    if (!isFine) this.fields.push({ path: path.split("."), reason, message });
  }

  /** A whole number from `least` to `most`; null is none. @param words what comes before the range. */
  whole(value: number | null, path: string, least: number, most: number, words: string): void {
    const isFine = value === null || (Number.isInteger(value) && value >= least && value <= most);
    this.check(isFine, path, "OUT_OF_RANGE", `${words} ${least} to ${most}.`);
  }

  /** Basis points from `least` to `most`, told as the percentages that people type; null is none. */
  share(value: number | null, path: string, least: number, most: number): void {
    const isFine = value === null || (Number.isInteger(value) && value >= least && value <= most);
    const range = `${least / 100} % to ${most / 100} %`;
    this.check(isFine, path, "OUT_OF_RANGE", `It is ${range} (${least} to ${most} basis points).`);
  }

  length(text: string, path: string, longest: number): void {
    const isFine = text !== "" && text.length <= longest;
    this.check(isFine, path, "LENGTH", `It has 1 to ${longest} characters.`);
  }

  /** @returns the name in one line. */
  name(given: string): string {
    const name = oneLine(given);
    this.length(name, "name", LONGEST_NAME);
    return name;
  }

  /** @throws InvalidInputFault where anything was refused. */
  settle(): void {
    if (this.fields.length > 0) throw new InvalidInputFault(this.fields);
  }
}
