// Random calls on lists: few elements, so that searches find some; sizes around the limits of a listpack, which are moved
// now and then so that chains of several nodes come up.

import fc from "fast-check";
import { call, key, mostly, options, several, type Weighted, word } from "./parts.ts";

const element = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "c", "1", "-7", "300", "70000", "12345678901", "", "\r\n\xff") },
  { weight: 2, arbitrary: fc.constantFrom("x".repeat(60), "y".repeat(64), "z".repeat(130)) },
  { weight: 1, arbitrary: fc.constantFrom("v".repeat(1_500), "w".repeat(4_090), "u".repeat(8_180), "t".repeat(9_000)) },
);
const index = mostly(
  fc.integer({ min: -12, max: 12 }).map(String),
  fc.constantFrom("100", "-100", "x", "", "9223372036854775808"),
);
const count = mostly(fc.integer({ min: -3, max: 5 }).map(String), fc.constantFrom("100", "x", "9223372036854775807"));
const end = mostly(fc.constantFrom("LEFT", "right", "RIGHT"), fc.constantFrom("", "middle"));
/** Nobody pushes while a call waits: it is over at the next tick of the server, or its timeout is refused. */
const timeout = mostly(fc.constant("0.001"), fc.constantFrom("-1", "x", "nan", "-0.1"));
const keys = several(key, 3);
const counted = keys.map(list => [String(list.length), ...list]);
const howMany = options(fc.tuple(fc.constant("COUNT"), count), word("junk"));

export const listCalls: readonly Weighted[] = [
  [8, call("RPUSH", key, several(element, 6))],
  [8, call("LPUSH", key, several(element, 6))],
  [2, call("RPUSHX", key, several(element, 3))],
  [2, call("LPUSHX", key, several(element, 3))],
  [3, call("LPOP", key, options(fc.tuple(count)))],
  [3, call("RPOP", key, options(fc.tuple(count)))],
  [2, call("LLEN", key)],
  [3, call("LRANGE", key, index, index)],
  [3, call("LINDEX", key, index)],
  [4, call("LSET", key, index, element)],
  [5, call("LINSERT", key, mostly(fc.constantFrom("BEFORE", "after"), fc.constant("beside")), element, element)],
  [4, call("LREM", key, count, element)],
  [3, call("LTRIM", key, index, index)],
  [
    3,
    call(
      "LPOS",
      key,
      element,
      options(
        fc.tuple(fc.constant("RANK"), count),
        fc.tuple(fc.constant("COUNT"), count),
        fc.tuple(fc.constant("MAXLEN"), count),
        word("junk"),
      ),
    ),
  ],
  [3, call("LMOVE", key, key, end, end)],
  [3, call("RPOPLPUSH", key, key)],
  [3, call("LMPOP", counted, end, howMany)],
  [1, call("LMPOP", count, keys, end)],
  [1, call("BLPOP", keys, timeout)],
  [1, call("BRPOP", keys, timeout)],
  [1, call("BLMOVE", key, key, end, end, timeout)],
  [1, call("BRPOPLPUSH", key, key, timeout)],
  [1, call("BLMPOP", timeout, counted, end, howMany)],
];

/** The limits under which nodes are split and merged. */
export const listLimitCalls: readonly Weighted[] = [
  [2, call("CONFIG", "SET", "list-max-listpack-size", fc.constantFrom("-2", "-1", "1", "3", "5", "0", "x"))],
  [1, call("CONFIG", "SET", "list-compress-depth", fc.constantFrom("0", "1", "2", "-1"))],
];
