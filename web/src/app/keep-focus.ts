/** Parts of a page that may take the focus when what stood in them is gone. */
const PLACES = "fieldset, section[aria-labelledby], section[aria-label], dialog, main";

interface Standing {
  readonly isConnected: boolean;
  matches(selectors: string): boolean;
}

/**
 * Where the focus belongs when nothing has it any more.
 * @param held what had it last. @param around the places it stood in, nearest first, and what is behind its dialog.
 * @returns null while it only has to wait: a button that is busy gets it back.
 */
export function heirOf<E extends Standing>(held: E, around: readonly E[]): E | null {
  if (held.isConnected) return held.matches(":disabled") ? null : held;
  return around.find((place) => place.isConnected && !place.matches("dialog:not([open]), :disabled")) ?? null;
}

/**
 * Whoever works by keyboard stays where they were: browsers forget the focus of a button that becomes busy, and of a step
 * that makes room for the next one.
 */
export function keepFocus(page: Document): void {
  let held: HTMLElement | null = null;
  let around: HTMLElement[] = [];
  let isPointing = false;
  // A browser brings the focus back from a dialog only where the button that opened it was not busy just then.
  const behind = new WeakMap<HTMLElement, HTMLElement[]>();
  page.addEventListener("focusin", ({ target }) => {
    const before = held ? [held, ...around] : [];
    held = target instanceof HTMLElement ? target : null;
    const dialog = held?.closest("dialog");
    if (dialog && before.length > 0 && !before.includes(dialog)) behind.set(dialog, before);
    const beyond = dialog ? (behind.get(dialog) ?? placesAround(dialog)) : [];
    around = held ? [...placesAround(held), ...beyond] : [];
  });
  // A pointer beside everything takes the focus away on purpose.
  page.addEventListener("mousedown", () => {
    isPointing = true;
  });
  page.addEventListener("mouseup", () => {
    isPointing = false;
  });
  page.addEventListener("focusout", ({ relatedTarget }) => {
    if (isPointing && relatedTarget === null) held = null;
  });
  const give = () => {
    const isLost = page.activeElement === null || page.activeElement === page.body;
    if (!held || !isLost || !page.hasFocus()) return;
    const heir = heirOf(held, around);
    if (heir) focusOn(heir, heir === held);
  };
  new MutationObserver(give).observe(page, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["disabled"],
  });
}

/** Nearest first; a dialog is the last, for what is behind it belongs to whoever opened it. */
function placesAround(element: HTMLElement): HTMLElement[] {
  const places: HTMLElement[] = [];
  for (let place = element.parentElement; place; place = place.parentElement) {
    if (!place.matches(PLACES)) continue;
    places.push(place);
    if (place.matches("dialog")) break;
  }
  return places;
}

function focusOn(element: HTMLElement, isItself: boolean): void {
  if (!isItself && !element.hasAttribute("tabindex")) {
    // For as long as it has the focus only: a click into the part is none.
    element.tabIndex = -1;
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  }
  element.focus({ preventScroll: true });
}
