// Random calls on sets: few members, integers of all widths among them, limits that change on the way. SPOP takes all or
// nothing, so that both sides go on with the same members.

import fc from "fast-check";
import { call, key, mostly, options, several, type Weighted, word } from "./parts.ts";

const integer = fc.oneof(
  fc.constantFrom(
    "0",
    "1",
    "2",
    "3",
    "-1",
    "40000",
    "-40000",
    "3000000000",
    "9223372036854775807",
    "-9223372036854775808",
  ),
  fc.integer({ min: -5, max: 20 }).map(String),
);
const text = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("a", "b", "c", "d", "", "01", "\r\n\xff", "9223372036854775808") },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(64), "y".repeat(65), "z".repeat(300)) },
);
const member = fc.oneof(integer, text);
const members = fc.oneof(several(integer, 8), several(member, 8), several(text, 5));
const keys = several(key, 3);
const counted = keys.map(list => [String(list.length), ...list]);
const odd = fc.constantFrom("0", "-1", "x", "", "9223372036854775808", "-9223372036854775808");
const cursor = mostly(fc.constant("0"), fc.constantFrom("x", "", "-"));

export const setCalls: readonly Weighted[] = [
  [12, call("SADD", key, members)],
  [5, call("SREM", key, members)],
  [4, call("SMOVE", key, key, member)],
  [3, call("SISMEMBER", key, member)],
  [3, call("SMISMEMBER", key, members)],
  [2, call("SCARD", key)],
  [2, call("SMEMBERS", key)],
  [2, call("SPOP", key, mostly(fc.constantFrom("100", "9223372036854775807"), odd), options(word("junk")))],
  [3, call("SRANDMEMBER", key, options(fc.tuple(fc.constantFrom("0", "1", "2", "-3", "100", "x")), word("x", "y")))],
  [3, call("SINTER", keys)],
  [3, call("SUNION", keys)],
  [3, call("SDIFF", keys)],
  [4, call("SINTERSTORE", key, keys)],
  [4, call("SUNIONSTORE", key, keys)],
  [4, call("SDIFFSTORE", key, keys)],
  [
    3,
    call(
      "SINTERCARD",
      counted,
      options(fc.tuple(fc.constantFrom("LIMIT", "limit"), mostly(fc.constantFrom("0", "1", "2"), odd)), word("junk")),
    ),
  ],
  [1, call("SINTERCARD", odd, keys)],
  [
    3,
    call(
      "SSCAN",
      key,
      cursor,
      "COUNT",
      "1000",
      options(
        fc.tuple(fc.constant("MATCH"), fc.constantFrom("*", "?", "[ab]", "", "nothing", "-*")),
        fc.tuple(fc.constant("COUNT"), fc.constantFrom("1000", "0", "-1", "y")),
        word("junk"),
      ),
    ),
  ],
  [2, call("CONFIG", "SET", "set-max-intset-entries", fc.constantFrom("512", "4", "0", "-1", "x"))],
];
