// What differs between two scenarios: in their settings, path by path, and in their bills, line by line.

import type { CostChange } from "../../result/comparison.ts";
import type { Result } from "../../result.ts";

type Settings = { path: string; from: string; to: string }[];

/** Paths whose values differ; «-» where one side has none. Names and descriptions say nothing of the cluster. */
export function settingChanges(from: unknown, to: unknown): Settings {
  const before = leaves(from);
  const after = leaves(to);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter(path => path !== "name" && path !== "description" && before.get(path) !== after.get(path))
    .map(path => ({ path, from: before.get(path) ?? "-", to: after.get(path) ?? "-" }));
}

function leaves(value: unknown, path = "", into = new Map<string, string>()): Map<string, string> {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
    into.set(path, typeof value === "string" ? value : JSON.stringify(value));
    return into;
  }
  for (const [key, child] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : path === "" ? key : `.${key}`;
    leaves(child, `${path}${step}`, into);
  }
  return into;
}

type Line = Result["cost"]["lines"][number];

/** Lines by what they are for: new, gone, changed, the same. */
export function costChanges(from: readonly Line[], to: readonly Line[]): CostChange[] {
  const names = [...new Set([...from, ...to].map(line => line.what))];
  const sum = (lines: readonly Line[], what: string) => {
    const found = lines.filter(line => line.what === what);
    return found.length === 0 ? null : found.reduce((total, line) => total + line.monthlyUsd, 0);
  };
  return names.map(what => {
    const [fromUsd, toUsd] = [sum(from, what), sum(to, what)];
    const sign = fromUsd === null ? "+" : toUsd === null ? "-" : fromUsd === toUsd ? "=" : "~";
    return { what, sign, fromUsd, toUsd };
  });
}
