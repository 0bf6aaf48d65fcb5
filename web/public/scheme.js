// Sets the colour scheme before the first paint, so that a dark page never flashes white. A file of its own, because
// the content security policy allows no inline script.
(() => {
  let chosen = null;
  try {
    chosen = window.localStorage.getItem("tollgate.scheme");
  } catch {
    // Storage may be forbidden; the system's scheme then decides.
    chosen = null;
  }
  const dark = chosen === "dark" || (chosen !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
