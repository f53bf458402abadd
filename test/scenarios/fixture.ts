// A small scenario to change, files in a folder of their own, and what the loader says of them.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Issue, ScenarioError } from "../../src/scenarios/issue.ts";
import { type Loaded, type LoadOptions, loadScenario } from "../../src/scenarios/load.ts";

export const BASE = `name: small
duration: 10s
cluster: { engine: valkey-8.0, node: cache.r7g.large }
clients: [{ name: web }]
origin: { latency: 4ms }
workload:
  - name: pages
    pattern: { cache-aside: {} }
    rate: 50/s
    keys: { count: 100 }
`;

/** A folder that goes away when the tests are over (test/temporary.ts). */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "cachecast-test-"));
}

let shared: string | undefined;
let count = 0;

/** Writes a file and returns its name. */
export function file(content: string | Buffer, name = `${++count}.yaml`): string {
  shared ??= temporaryFolder();
  const path = join(shared, name);
  writeFileSync(path, content);
  return path;
}

export function load(text: string | Buffer = BASE, options: Omit<LoadOptions, "file"> = {}): Promise<Loaded> {
  return loadScenario({ file: file(text), ...options });
}

/** The problems of a scenario; none when it is valid. Anything else that is thrown is a failure of the test. */
export async function issuesOf(options: LoadOptions): Promise<readonly Issue[]> {
  try {
    await loadScenario(options);
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.issues;
  }
}

/** «path: message» of every problem. */
export async function problems(text: string | Buffer, options: Omit<LoadOptions, "file"> = {}): Promise<string[]> {
  const issues = await issuesOf({ file: file(text), ...options });
  return issues.map(({ path, message }) => `${path}: ${message}`);
}
