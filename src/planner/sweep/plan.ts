// The plan of a sweep: every point as a whole scenario, checked before anything runs, and the hash that names it all.

import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { SWEEP_VERSION, type SweepHeader } from "../../result/sweep.ts";
import { type Issue, ScenarioError } from "../../scenarios/issue.ts";
import { canonicalJson, loadScenario } from "../../scenarios/load.ts";
import { VERSION } from "../../version.ts";

/** One point, with everything that a worker anywhere needs. */
export interface SweepJob {
  readonly index: number;
  readonly settings: Readonly<Record<string, string>>;
  /** The scenario with its settings applied, as JSON, which is YAML. */
  readonly text: string;
  /** Where relative file names begin. */
  readonly directory: string;
  readonly name: string;
  readonly seed: number;
  readonly replications: number;
}

export interface SweepPlan {
  readonly header: SweepHeader;
  readonly jobs: readonly SweepJob[];
}

export interface SweepRequest {
  readonly file: string;
  readonly overlays: readonly string[];
  readonly settings: readonly string[];
  readonly duration: string | undefined;
  readonly axes: readonly string[];
  readonly points: readonly Readonly<Record<string, string>>[];
  readonly seed: number | undefined;
  readonly replications: number;
}

/** A point of a sweep that is no valid scenario, with its problems. */
export interface InvalidPoint {
  readonly settings: Readonly<Record<string, string>>;
  readonly issues: readonly Issue[];
}

/** Checks every point. Returns the plan of the valid ones, and the others. */
export async function planSweep(request: SweepRequest): Promise<{ plan: SweepPlan; invalid: InvalidPoint[] }> {
  const { file, overlays, settings, duration, replications } = request;
  const directory = resolve(file === "-" ? "." : dirname(file));
  const jobs: SweepJob[] = [];
  const invalid: InvalidPoint[] = [];
  for (const point of request.points) {
    const own = Object.entries(point).map(([path, value]) => `${path}=${value}`);
    try {
      const { built, resolved } = await loadScenario({ file, overlays, settings: [...settings, ...own], duration });
      jobs.push({
        index: jobs.length,
        settings: point,
        text: canonicalJson(resolved),
        directory,
        name: built.scenario.name,
        // The same draws at every point: what differs between them is what was varied.
        seed: request.seed ?? built.scenario.seed,
        replications,
      });
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      invalid.push({ settings: point, issues: error.issues });
    }
  }
  const hashed = jobs.map(({ settings, text, seed }) => ({ settings, text, seed }));
  const identity = canonicalJson({ version: VERSION, schema: SWEEP_VERSION, replications, jobs: hashed });
  const header: SweepHeader = {
    kind: "cachecast-sweep",
    schemaVersion: SWEEP_VERSION,
    version: VERSION,
    plan: createHash("sha256").update(identity).digest("hex"),
    scenario: jobs[0]?.name ?? "",
    seed: jobs[0]?.seed ?? 0,
    replications,
    points: jobs.length,
    axes: [...request.axes],
  };
  return { plan: { header, jobs }, invalid };
}
