// What `cachecast explain` looks up: a key of a scenario, a drill or a metric, by its path or its last words.

import { DRILLS } from "../drills/index.ts";
import { type KeyFact, keyFacts } from "./key-facts.ts";
import type { Metric } from "./metric.ts";
import { METRICS } from "./metrics.ts";

export interface Explanation {
  /** Keys that the words name: one by its whole path, or all whose path ends so. */
  readonly keys: readonly KeyFact[];
  /** What stands directly below a single key. */
  readonly parts: readonly KeyFact[];
  readonly metric: Metric | null;
}

/** Paths as people write them: without brackets, and with or without the number of an item. */
function plain(path: string): string {
  return path.replaceAll(/\[\d*\]/gu, "").toLowerCase();
}

const depth = (path: string) => path.split(".").length;

/** Null when there is nothing of that name. */
export function explain(words: string): Explanation | null {
  const facts = keyFacts();
  const wanted = plain(words);
  const below = (path: string) =>
    facts.filter(fact => fact.path.startsWith(path === "" ? "" : path) && isPart(fact.path, path));
  if (wanted === "") return { keys: [], parts: below(""), metric: null };
  const whole = facts.find(fact => plain(fact.path) === wanted);
  const keys = whole !== undefined ? [whole] : facts.filter(fact => plain(fact.path).endsWith(`.${wanted}`));
  const metric = METRICS.find(one => one.name.toLowerCase() === wanted) ?? null;
  if (keys.length === 0 && metric === null) return null;
  return { keys, parts: keys.length === 1 ? below(keys[0].path) : [], metric };
}

function isPart(path: string, whole: string): boolean {
  if (whole === "") return depth(path) === 1;
  const rest = path.slice(whole.length);
  return /^(\[\])?\.[^.]+$/u.test(rest);
}

/** All that can be asked for, for suggestions. */
export function explainable(): readonly string[] {
  const paths = keyFacts().map(fact => plain(fact.path));
  const names = paths.map(path => path.split(".").at(-1)!);
  return [...new Set([...paths, ...names, ...METRICS.map(metric => metric.name), ...DRILLS.map(drill => drill.name)])];
}
