import os from "node:os";
import { LinuxHost } from "./linux.js";
import { PortableHost } from "./portable.js";
import type { Host } from "./reading.js";

/** The computer that this process runs on, read in the cheapest way its operating system has. */
export const thisHost = (): Host => (os.platform() === "linux" ? new LinuxHost() : new PortableHost());
