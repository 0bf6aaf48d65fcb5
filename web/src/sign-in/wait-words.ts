/** A wait in seconds for people: "40 seconds", "3 minutes". */
export function waitWords(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  if (whole < 60) return `${whole} second${whole === 1 ? "" : "s"}`;
  const minutes = Math.ceil(whole / 60);
  return `${minutes} minute${minutes === 1 ? "" : "s"}`;
}

/** What is left until an instant as "4:32"; "0:00" afterwards. Both in milliseconds since 1970. */
export function countdown(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The digits of what was typed or pasted, at most six. */
export function codeDigits(typed: string): string {
  return typed.replace(/\D/g, "").slice(0, 6);
}
