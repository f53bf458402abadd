// From files and settings to a built scenario. Whatever is wrong is reported together: syntax, grammar, what does not fit.

import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { type Built, build } from "./build.ts";
import { explainIssues } from "./explain-zod.ts";
import { type Issue, ScenarioError } from "./issue.ts";
import { applyOverride, merge, type Override, parseOverride } from "./overrides.ts";
import { withReadyWorkloads } from "./ready-workloads.ts";
import { problemsOfTheRest } from "./repair.ts";
import { scenarioSchema } from "./schema.ts";
import { checkTrace, sourceName, type TraceSummary } from "./trace-file.ts";
import { formatPath, isPrefix, type Path, parseYaml, readText, type YamlFile } from "./yaml-file.ts";

export interface LoadOptions {
  /** Scenario file, or "-" for standard input. */
  readonly file: string;
  /** The scenario itself, when it is no file; `file` is what it is called then. */
  readonly content?: { readonly text: string; readonly directory: string } | undefined;
  readonly overlays?: readonly string[];
  /** A file of which only what makes a drill is taken: `drills`, `expect` and `alarms`; merged first. */
  readonly drill?: string | undefined;
  /** Arguments of --set, in order. */
  readonly settings?: readonly string[];
  /** Argument of --duration: a setting too, the last one. */
  readonly duration?: string | undefined;
}

export interface Loaded {
  readonly file: string;
  readonly built: Built;
  /** The scenario as plain data after overlays and settings. */
  readonly resolved: Readonly<Record<string, unknown>>;
  /** SHA-256 of `resolved`. */
  readonly digest: string;
  readonly overlays: readonly string[];
  readonly settings: readonly string[];
  readonly traces: ReadonlyMap<string, TraceSummary>;
}

/** Loads and checks a scenario. Throws ScenarioError with every problem found. */
export async function loadScenario(options: LoadOptions): Promise<Loaded> {
  const issues: Issue[] = [];
  const each = gatherer(issues);
  const { duration } = options;
  const { drill, content } = options;
  const overlays = [...(drill === undefined ? [] : [drill]), ...(options.overlays ?? [])];
  const files = each([options.file, ...overlays], file =>
    parseYaml(
      file === "-" ? "<stdin>" : file,
      file === options.file && content !== undefined ? content.text : readText(file),
    ),
  );
  const overrides = each(options.settings ?? [], text => parseOverride(text));
  if (duration !== undefined) {
    overrides.push({ path: ["duration"], value: duration, origin: `--duration ${duration}` });
  }
  if (issues.length > 0) throw new ScenarioError(issues);
  let root = structuredClone(files[0].value) as Record<string, unknown>;
  for (const overlay of files.slice(1)) {
    const value = overlay.file === drill ? drillOf(overlay, issues) : overlay.value;
    root = merge(root, structuredClone(value)) as Record<string, unknown>;
  }
  each(overrides, override => applyOverride(root, override));
  if (issues.length > 0) throw new ScenarioError(issues);

  const locate = locator(files, overrides);
  const directory = content?.directory ?? (options.file === "-" ? process.cwd() : dirname(options.file));
  const whole = withReadyWorkloads(root);
  const parsed = scenarioSchema.safeParse(whole);
  if (!parsed.success) {
    const explained = explainIssues(scenarioSchema, parsed.error.issues, whole);
    for (const { path, at, message } of explained) issues.push(locate(path, at, message));
    for (const { path, message } of problemsOfTheRest(whole, explained, directory)) {
      issues.push(locate(path, "value", message));
    }
    throw new ScenarioError(issues);
  }
  const built = build(parsed.data, directory, (path, message) => issues.push(locate(path, "value", message)), root);
  const traces = new Map<string, TraceSummary>();
  for (const [index, plan] of (built?.workloads ?? []).entries()) {
    if (plan.trace === null || traces.has(sourceName(plan.trace))) continue;
    try {
      const summary = await checkTrace(plan.trace);
      traces.set(sourceName(plan.trace), summary);
      if (parsed.data.workload[index].trace?.gap !== undefined && summary.untimed === 0) {
        const path = ["workload", index, "trace", "gap"];
        issues.push(locate(path, "value", "has no effect: every request of the file has its time"));
      }
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      issues.push(...error.issues);
    }
  }
  if (built === null || issues.length > 0) throw new ScenarioError(issues);
  return {
    file: options.file,
    built,
    resolved: root,
    digest: createHash("sha256").update(canonicalJson(root)).digest("hex"),
    overlays,
    settings: [...(options.settings ?? []), ...(duration === undefined ? [] : [`duration=${duration}`])],
    traces,
  };
}

/** What a drill's file has for other scenarios: the rest of it describes its own cluster. */
const DRILL_KEYS = ["drills", "expect", "alarms"];

function drillOf({ file, value }: YamlFile, issues: Issue[]): Record<string, unknown> {
  const taken = Object.entries(value as Record<string, unknown>).filter(([key]) => DRILL_KEYS.includes(key));
  if (!taken.some(([key]) => key === "drills")) {
    issues.push({ position: null, origin: file, path: "drills", message: "is missing: this file has no drill" });
  }
  return Object.fromEntries(taken);
}

/** JSON with sorted keys, so that the order in which a mapping was written does not matter. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** Where a path's value came from: the last setting or overlay that gave it, else the scenario. */
function locator(files: readonly YamlFile[], overrides: readonly Override[]) {
  return (path: Path, at: "key" | "value", message: string): Issue => {
    const dotted = formatPath(path);
    const setting = overrides.findLast(override => isPrefix(override.path, path) || isPrefix(path, override.path));
    if (setting !== undefined) return { position: null, origin: setting.origin, path: dotted, message };
    const file = fileOf(files, path);
    return { position: file.locate(path, at), origin: file.file, path: dotted, message };
  };
}

/** The last file that gives the path, or as much of it as there is. A list comes whole from the last that has it. */
function fileOf(files: readonly YamlFile[], path: Path): YamlFile {
  let holders = files.map(file => ({ file, value: file.value }));
  for (const step of path) {
    if (Array.isArray(holders.at(-1)!.value)) holders = holders.slice(-1);
    const next = holders.flatMap(({ file, value }) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? [{ file, value: (value as Record<string | number, unknown>)[step] }]
        : [],
    );
    if (next.length === 0) break;
    holders = next;
  }
  return holders.at(-1)!.file;
}

/** Does something for each, keeping what it refuses for later, so that one problem does not hide the others. */
function gatherer(issues: Issue[]) {
  return <In, Out>(items: readonly In[], work: (item: In) => Out): Out[] =>
    items.flatMap((item): Out[] => {
      try {
        return [work(item)];
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
        issues.push(...error.issues);
        return [];
      }
    });
}
