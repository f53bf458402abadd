// The options of SORT, and which of them a cluster or an ACL forbids: patterns name keys that nobody has declared.

import { mayUseEveryKey } from "../acl/check.ts";
import { READ } from "../acl/selector.ts";
import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { ErrorReply } from "../reply.ts";
import { keySlot } from "../slots.ts";

export interface SortOptions {
  descending: boolean;
  alpha: boolean;
  /** BY a constant: nothing is to be sorted. */
  unsorted: boolean;
  by: string | null;
  get: string[];
  offset: number;
  /** Negative: all. */
  count: number;
  store: string | null;
}

/** The slot of all keys that a pattern can name; -1 when they may lie anywhere. */
function patternSlot(pattern: string): number {
  const special = pattern.search(/[*?[\\]/u);
  const tag = /^[^{]*\{([^}]+)\}/u.exec(pattern);
  if (special === -1) return keySlot(pattern);
  return tag !== null && tag[0].length <= special ? keySlot(tag[0]) : -1;
}

/** Why a pattern may not be used here; null when it may. */
function patternRefusal(
  ctx: Context,
  argv: readonly Bytes[],
  option: "BY" | "GET",
  pattern: string,
): ErrorReply | null {
  const { engine, session } = ctx;
  if (engine.parameters.flag("cluster-enabled") && patternSlot(pattern) !== keySlot(keyAt(argv, 1))) {
    return new ErrorReply(
      `ERR ${option} option of SORT denied in Cluster mode when keys formed by the pattern may be in different slots.`,
    );
  }
  const user = engine.acl.user(session.user);
  if (session.fromPrimary || user === undefined || mayUseEveryKey(user, ctx.command, argv, READ)) return null;
  return new ErrorReply(`ERR ${option} option of SORT denied due to insufficient ACL permissions.`);
}

export function parseSort(ctx: Context, argv: readonly Bytes[], mayStore: boolean): SortOptions | ErrorReply {
  const options: SortOptions = {
    descending: false,
    alpha: false,
    unsorted: false,
    by: null,
    get: [],
    offset: 0,
    count: -1,
    store: null,
  };
  for (let i = 2; i < argv.length; i++) {
    const word = wordAt(argv, i);
    const left = argv.length - i - 1;
    if (word === "ASC" || word === "DESC") options.descending = word === "DESC";
    else if (word === "ALPHA") options.alpha = true;
    else if (word === "LIMIT" && left >= 2) {
      const offset = integerAt(argv, ++i);
      if (isError(offset)) return offset;
      const count = integerAt(argv, ++i);
      if (isError(count)) return count;
      options.offset = offset;
      options.count = count;
    } else if (word === "STORE" && left >= 1 && mayStore) {
      options.store = textAt(argv, ++i);
    } else if (word === "BY" && left >= 1) {
      const pattern = textAt(argv, ++i);
      options.by = pattern;
      if (!pattern.includes("*")) options.unsorted = true;
      else {
        const refusal = patternRefusal(ctx, argv, "BY", pattern);
        if (refusal !== null) return refusal;
      }
    } else if (word === "GET" && left >= 1) {
      const pattern = textAt(argv, ++i);
      const refusal = patternRefusal(ctx, argv, "GET", pattern);
      if (refusal !== null) return refusal;
      options.get.push(pattern);
    } else return SYNTAX;
  }
  return options;
}

/** Arguments that an option takes with it. */
const ARGUMENTS: Readonly<Record<string, number>> = { LIMIT: 2, GET: 1, BY: 1 };

/** The sorted key, and the one of the last STORE. */
export function sortKeys(argv: readonly Bytes[]): number[] {
  let store = -1;
  for (let i = 2; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (Object.hasOwn(ARGUMENTS, word)) i += ARGUMENTS[word];
    else if (word === "STORE" && i + 1 < argv.length) store = i + 1;
  }
  return store === -1 ? [1] : [1, store];
}
