import type { HISTORY_PLUGIN } from "graphiql";
import { useExplanation } from "./explanation";

/** A pane with the cost and the plan of what was run last. */
export const explanationPlugin: typeof HISTORY_PLUGIN = { title: "Cost and plan", icon: Icon, content: Pane };

function Pane() {
  const explanation = useExplanation();
  if (!explanation) return <p>Run an operation to see what it costs and how the gateway plans it.</p>;
  const { cost, plan } = explanation;
  return (
    <section className="explanation" aria-label="Cost and plan">
      <h2>Cost and plan</h2>
      <p>
        Estimated cost {cost.estimated.toLocaleString()} of {cost.allowed.toLocaleString()} that one operation may have.
      </p>
      {plan === undefined ? (
        <p>The plan is shown to those with the permission operations:read.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: who scrolls by keyboard has to reach it
        <pre tabIndex={0}>{plan}</pre>
      )}
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <title>Cost and plan</title>
      <circle cx="10" cy="4" r="2.25" />
      <circle cx="4.5" cy="15.5" r="2.25" />
      <circle cx="15.5" cy="15.5" r="2.25" />
      <path d="M10 6.25v3.5M10 9.75 5.5 13.5M10 9.75l4.5 3.75" />
    </svg>
  );
}
