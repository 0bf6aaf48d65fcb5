async function allowed(): Promise<boolean> {
  return await Promise.resolve(false);
}

export function enter(): string {
  return allowed() ? "in" : "out";
}
