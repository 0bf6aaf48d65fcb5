import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";

const SYSTEM_CHROMIUM = "/usr/bin/chromium";
const root = fileURLToPath(new URL("../../..", import.meta.url));

interface Program {
  executablePath: string;
  /** Beside the environment of this process. */
  env: Record<string, string>;
  args: string[];
}

/**
 * A headless Chromium for tests: Debian's where it is installed, else the one that comes as an npm package, so that the
 * tests need nothing of the system. `TOLLGATE_CHROMIUM=bundled` asks for the latter in any case.
 * The caller closes it.
 */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, env, args } = useSystem() ? systemProgram() : await bundledProgram();
  return await chromium.launch({
    executablePath,
    // Tests often run as root, where Chromium has no sandbox of its own; pages are our own.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none", ...args],
    env: { ...definedEnvironment(), ...env },
  });
}

function useSystem(): boolean {
  return process.env.TOLLGATE_CHROMIUM !== "bundled" && existsSync(SYSTEM_CHROMIUM);
}

function systemProgram(): Program {
  return { executablePath: SYSTEM_CHROMIUM, env: {}, args: ["--headless=new"] };
}

async function bundledProgram(): Promise<Program> {
  const unpacked = await unpackBundled();
  const library = join(unpacked, "al2023", "lib");
  const fonts = join(unpacked, "fonts");
  // Its own configuration looks for the fonts where a cloud function would have them. Written anew each time, because
  // the checkout may have moved.
  await writeFile(join(fonts, "fonts.conf"), fontConfiguration(fonts));
  const libraries = [library, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  return {
    executablePath: join(unpacked, "chromium"),
    env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: fonts },
    args: ["--headless=shell", "--no-zygote"],
  };
}

function fontConfiguration(fonts: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(fonts, "cache")}</cachedir>
</fontconfig>
`;
}

/** Unpacks once per version, into a folder that gets its name only when everything is in it. */
async function unpackBundled(): Promise<string> {
  const require = createRequire(join(root, "package.json"));
  const packed = join(dirname(require.resolve("@sparticuz/chromium")), "..", "bin");
  const cache = join(root, "node_modules", ".cache");
  const target = join(cache, `chromium-${versionOf(packed)}`);
  if (existsSync(target)) return target;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, "chromium-draft-"));
  try {
    await inflateInto(draft, packed);
    await rename(draft, target).catch((error: unknown) => {
      // Another run was quicker; its folder is as good.
      if (!existsSync(target)) throw error;
    });
    return target;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** pnpm's folder of a package has name and version in it, which is all that has to differ here. */
function versionOf(packed: string): string {
  return /@sparticuz\+chromium@([^/]+)/.exec(packed)?.[1] ?? "unversioned";
}

/** The package unpacks into the temporary directory and nowhere else, so it gets one of its own, in a process of its own. */
async function inflateInto(directory: string, packed: string): Promise<void> {
  const script = `
    import { join } from "node:path";
    import { inflate } from "@sparticuz/chromium";
    const packed = process.argv[1];
    await Promise.all(["chromium.br", "fonts.tar.br", "al2023.tar.br"].map((name) => inflate(join(packed, name))));`;
  const argv = ["--input-type=module", "--eval", script, packed];
  await promisify(execFile)(process.execPath, argv, { cwd: root, env: { ...process.env, TMPDIR: directory } });
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
