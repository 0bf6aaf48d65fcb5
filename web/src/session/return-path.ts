/**
 * Where to go after signing in: the path asked for, when it is one of ours. Anything that could lead elsewhere (another
 * host, a scheme, the sign-in page itself) becomes the dashboard.
 */
export function safeReturnPath(path: string | undefined): string {
  if (!path?.startsWith("/") || path.startsWith("//") || path.includes("\\")) return "/";
  const pathname = path.split(/[?#]/, 1)[0];
  return pathname === "/sign-in" ? "/" : path;
}
