// The command line as users have it: bin/cachecast.js over a bundle made by scripts/build.mjs. It is built in a folder of
// its own, with the project's sources linked in, so that test files can run side by side and nobody's dist/ is touched.

import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll } from "vitest";

export const ROOT = resolve(import.meta.dirname, "../..");

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Builds before the tests of a file; returns how to call it. */
export function builtCli() {
  let home = "";
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "cachecast-cli-"));
    for (const folder of ["bin", "scripts"]) cpSync(join(ROOT, folder), join(home, folder), { recursive: true });
    for (const name of ["src", "scenarios", "node_modules", "package.json"])
      symlinkSync(join(ROOT, name), join(home, name));
    execFileSync(process.execPath, [join(home, "scripts/build.mjs")], { stdio: "pipe" });
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const environment = (env: Settings["env"]) => {
    const { NO_COLOR, FORCE_COLOR, NODE_OPTIONS, CACHECAST_DEBUG, ...rest } = process.env;
    return { ...rest, ...env };
  };

  /** Runs to the end. */
  function cli(args: readonly string[], { cwd, input = "", env }: Settings = {}): Promise<Outcome> {
    return new Promise(done => {
      const child = execFile(
        process.execPath,
        [join(home, "bin/cachecast.js"), ...args],
        { cwd, env: environment(env), maxBuffer: 1 << 28 },
        (_error, stdout, stderr) => done({ code: child.exitCode, signal: child.signalCode, stdout, stderr }),
      );
      // A program that refuses its arguments may be gone before it has read.
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(input);
    });
  }

  /** Starts it and leaves it running; `ended` tells how it went. */
  function start(args: readonly string[], env?: Settings["env"]): { child: ChildProcess; ended: Promise<Outcome> } {
    const child = spawn(process.execPath, [join(home, "bin/cachecast.js"), ...args], { env: environment(env) });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", chunk => (stdout += chunk));
    child.stderr.on("data", chunk => (stderr += chunk));
    const ended = new Promise<Outcome>(done =>
      child.on("close", (code, signal) => done({ code, signal, stdout, stderr })),
    );
    return { child, ended };
  }

  return { cli, start, program: () => join(home, "bin/cachecast.js") };
}

/** No user's mistake shows where in the program it was noticed. */
export function looksLikeStack(text: string): boolean {
  return /^\s+at .+:\d+:\d+\)?$/mu.test(text) || /node:internal|\.js:\d+/u.test(text);
}
