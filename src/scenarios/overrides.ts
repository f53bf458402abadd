// Changing a scenario from outside: overlay files (-f), which are merged in (lists replace), and single values
// (--set path=value). A path names what exists in the grammar: a typing mistake is an error and not a new key.
//   --set cluster.shards=5         set
//   --set workload[0].rate=30k/s   an element of a list, from 0
//   --set '~drills'                remove
// Only what a tree holds itself is walked through or replaced, never what every object inherits.

import { parse } from "yaml";
import { type Issue, ScenarioError } from "./issue.ts";
import { findForbidden, formatPath, type Path } from "./yaml-file.ts";

export interface Override {
  readonly path: Path;
  /** Undefined removes. */
  readonly value: unknown;
  /** As it was written on the command line, with its flag. */
  readonly origin: string;
}

const STEP = /^(?:([A-Za-z_][\w-]*)|\[(\d+)\])/u;

function overrideIssue(origin: string, message: string): ScenarioError {
  const issue: Issue = { position: null, origin, path: "", message };
  return new ScenarioError([issue]);
}

/** "workload[0].rate" → ["workload", 0, "rate"]; null when it is no path. */
export function parsePath(text: string): Path | null {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== "") {
    const match = STEP.exec(rest);
    if (match === null) return null;
    path.push(match[1] ?? Number(match[2]));
    rest = rest.slice(match[0].length);
    if (rest.startsWith(".")) {
      rest = rest.slice(1);
      if (rest === "" || rest.startsWith("[")) return null;
    } else if (rest !== "" && !rest.startsWith("[")) {
      return null;
    }
  }
  return path.length === 0 ? null : path;
}

/** Parses one --set argument. The value is YAML, so that numbers, booleans and lists are what they look like. */
export function parseOverride(text: string, origin = `--set ${text}`): Override {
  const remove = text.startsWith("~");
  const equals = remove ? text.length : text.indexOf("=");
  if (equals === -1) throw overrideIssue(origin, "needs the form path=value, or ~path to remove");
  const path = parsePath(text.slice(remove ? 1 : 0, equals));
  if (path === null || path.includes("__proto__")) {
    throw overrideIssue(origin, "is no path such as cluster.shards or workload[0].rate");
  }
  if (remove) return { path, value: undefined, origin };
  let value: unknown;
  try {
    const given = text.slice(equals + 1);
    value = given.trim() === "" ? "" : parse(given, { version: "1.2", logLevel: "error" });
  } catch (error) {
    throw overrideIssue(origin, `has a value that is no YAML: ${(error as Error).message.split(" at line")[0]}`);
  }
  const forbidden = findForbidden(value);
  if (forbidden !== null) throw overrideIssue(origin, forbidden.message);
  return { path, value, origin };
}

type Tree = { [key: string]: unknown } | unknown[];

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null;
}

/** Applies an override to a plain tree, in place. Missing mappings on the way are made; lists are not extended. */
export function applyOverride(root: Tree, { path, value, origin }: Override): void {
  let at = root as Record<string | number, unknown>;
  path.forEach((step, i) => {
    if (Array.isArray(at) && (typeof step !== "number" || step >= at.length)) {
      throw overrideIssue(origin, `${formatPath(path.slice(0, i))} is a list ${elements(at.length)}`);
    }
    if (i < path.length - 1) {
      if (!Object.hasOwn(at, step) || !isTree(at[step])) at[step] = {};
      at = at[step] as Record<string | number, unknown>;
    } else if (value !== undefined) at[step] = value;
    else if (Array.isArray(at)) at.splice(Number(step), 1);
    else delete at[step];
  });
}

function elements(length: number): string {
  return length === 0 ? "without elements" : length === 1 ? "with the one element [0]" : `from [0] to [${length - 1}]`;
}

/** Merges an overlay into a tree: mappings merge, everything else replaces. Returns a new tree. */
export function merge(base: unknown, overlay: unknown): unknown {
  if (!isTree(base) || !isTree(overlay) || Array.isArray(base) || Array.isArray(overlay)) return overlay;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(overlay)) {
    merged[key] = Object.hasOwn(base, key) ? merge(base[key], value) : value;
  }
  return merged;
}
