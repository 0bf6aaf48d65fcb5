import { useEffect, useState } from "react";

const SLOW_MS = 10_000;

/** Says after 10 s that the wait is unusual. Stands where something loads; gone when it came. */
export function SlowNotice() {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status">{slow && <p className="dimmed">This takes longer than usual. It is still being tried.</p>}</div>
  );
}
