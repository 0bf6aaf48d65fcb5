import { useState } from "react";
import { createIntent, type Intent } from "../api/intent.js";

/** An intent that lives as long as the part of the page where it is meant. */
export function useIntent(): Intent {
  const [intent] = useState(() => createIntent());
  return intent;
}
