type Draw = () => void;

const waiting = new Set<Draw>();
let asked = false;

/**
 * Draws at the next animation frame: one frame for all charts, each at most once. A background tab gets no frames, so
 * nothing is drawn there.
 */
export function drawSoon(draw: Draw): void {
  waiting.add(draw);
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    const batch = [...waiting];
    waiting.clear();
    for (const next of batch) next();
  });
}

/** Takes back what was asked for, such as when the chart goes away. */
export function drawNoMore(draw: Draw): void {
  waiting.delete(draw);
}
