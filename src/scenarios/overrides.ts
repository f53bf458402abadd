// Changing a scenario from outside: overlay files (-f), which are merged in (lists replace), and single values
// (--set path=value). A path names what exists in the grammar: a typing mistake is an error and not a new key.
//   --set cluster.shards=5         set
//   --set workload[0].rate=30k/s   an element of a list, from 0
//   --set '~drills'                remove

import { parse } from "yaml";
import { type Issue, ScenarioError } from "./issue.ts";
import type { Path } from "./yaml-file.ts";

export interface Override {
  readonly path: Path;
  /** Undefined removes. */
  readonly value: unknown;
  /** As it was written on the command line. */
  readonly text: string;
}

const STEP = /^(?:([A-Za-z_][\w-]*)|\[(\d+)\])/u;

function overrideIssue(text: string, message: string): ScenarioError {
  const issue: Issue = { position: null, origin: `--set ${text}`, path: "", message };
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

export function formatPath(path: Path): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}

/** Parses one --set argument. The value is YAML, so that numbers, booleans and lists are what they look like. */
export function parseOverride(text: string): Override {
  if (text.startsWith("~")) {
    const path = parsePath(text.slice(1));
    if (path === null) throw overrideIssue(text, "is no path such as cluster.shards or workload[0].rate");
    return { path, value: undefined, text };
  }
  const equals = text.indexOf("=");
  if (equals === -1) throw overrideIssue(text, "needs the form path=value");
  const path = parsePath(text.slice(0, equals));
  if (path === null) throw overrideIssue(text, "is no path such as cluster.shards or workload[0].rate");
  try {
    return { path, value: parse(text.slice(equals + 1), { version: "1.2" }) ?? "", text };
  } catch {
    throw overrideIssue(text, "has a value that is no YAML");
  }
}

type Tree = { [key: string]: unknown } | unknown[];

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null;
}

/** Applies an override to a plain tree, in place. Missing mappings on the way are made; lists are not extended. */
export function applyOverride(root: Tree, { path, value, text }: Override): void {
  let at: Tree = root;
  for (let i = 0; i < path.length - 1; i++) {
    const step = path[i];
    if (Array.isArray(at) && (typeof step !== "number" || step >= at.length)) {
      throw overrideIssue(text, `the list ${formatPath(path.slice(0, i))} has ${at.length} elements, numbered from 0`);
    }
    const child = (at as Record<string | number, unknown>)[step];
    if (isTree(child)) at = child;
    else {
      const made: Tree = {};
      (at as Record<string | number, unknown>)[step] = made;
      at = made;
    }
  }
  const last = path[path.length - 1];
  if (Array.isArray(at) && (typeof last !== "number" || last >= at.length)) {
    throw overrideIssue(text, `the list ${formatPath(path.slice(0, -1))} has ${at.length} elements, numbered from 0`);
  }
  if (value !== undefined) (at as Record<string | number, unknown>)[last] = value;
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete (at as Record<string, unknown>)[String(last)];
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
