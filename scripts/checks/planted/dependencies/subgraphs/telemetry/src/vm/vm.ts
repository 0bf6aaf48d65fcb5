// Breaks: no-circular-imports (with sample.ts).
import { samples } from "./sample.js";

export const vm = () => samples;
