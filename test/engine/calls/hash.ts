// Random calls on hashes: few fields, values around the limit of a listpack's entries, limits that change on the way.

import fc from "fast-check";
import { call, key, mostly, options, several, type Weighted, word } from "./parts.ts";

const field = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("f", "g", "h", "1", "-200", "70000", "", "\r\n\xff") },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(64), "y".repeat(65), "z".repeat(130)) },
);
const value = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      "a",
      "0",
      "-1",
      "3.5",
      "300",
      "70000",
      "9223372036854775807",
      "-9223372036854775808",
      "",
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom("v".repeat(64), "w".repeat(65), "u".repeat(300), "3".repeat(70), "inf") },
);
const pair = fc.tuple(field, value);
/** A client that has not authenticated is cut off when a call has more than ten words. */
const pairs = fc.array(pair, { minLength: 1, maxLength: 3, size: "max" }).map(list => list.flat());
const number = mostly(
  fc.constantFrom("1", "-5", "70000", "9223372036854775807", "-9223372036854775808"),
  fc.constantFrom("", "x", "1.5", "9223372036854775808", " 1"),
);
const float = mostly(
  fc.constantFrom("1.5", "0.1", "-3.3", "1e20", "5.0e3", "-0.0"),
  fc.constantFrom("", "x", "nan", "inf", "-inf", "1e4940", " 1"),
);
const count = fc.constantFrom("0", "1", "2", "-3", "100", "x", "", "9223372036854775807", "-9223372036854775808");
const cursor = mostly(fc.constant("0"), fc.constantFrom("x", "", "-"));

export const hashCalls: readonly Weighted[] = [
  [10, call("HSET", key, pairs)],
  [3, call("HMSET", key, pairs)],
  [1, call(fc.constantFrom("HSET", "HMSET"), key, pairs, field)],
  [
    3,
    call(
      "HSETNX",
      key,
      pair.map(list => [...list]),
    ),
  ],
  [4, call("HGET", key, field)],
  [3, call("HMGET", key, several(field, 3))],
  [5, call("HDEL", key, several(field, 3))],
  [2, call("HLEN", key)],
  [2, call("HSTRLEN", key, field)],
  [2, call("HEXISTS", key, field)],
  [2, call("HGETALL", key)],
  [2, call("HKEYS", key)],
  [2, call("HVALS", key)],
  [5, call("HINCRBY", key, field, number)],
  [5, call("HINCRBYFLOAT", key, field, float)],
  [3, call("HRANDFIELD", key, options(fc.tuple(count), fc.tuple(count, fc.constantFrom("WITHVALUES", "junk"))))],
  [
    3,
    call(
      "HSCAN",
      key,
      cursor,
      "COUNT",
      "1000",
      options(
        fc.tuple(fc.constant("MATCH"), fc.constantFrom("*", "?", "[fg]", "", "nothing", "*00")),
        fc.tuple(fc.constant("COUNT"), fc.constantFrom("1000", "0", "-1", "y")),
        word("junk"),
      ),
    ),
  ],
  [
    1,
    call(
      "CONFIG",
      "SET",
      fc.constantFrom("hash-max-listpack-entries", "hash-max-ziplist-entries"),
      fc.constantFrom("512", "3", "0", "-1"),
    ),
  ],
  [
    1,
    call(
      "CONFIG",
      "SET",
      fc.constantFrom("hash-max-listpack-value", "hash-max-ziplist-value"),
      fc.constantFrom("64", "2", "0", "x"),
    ),
  ],
];
