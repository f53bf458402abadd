// Random calls of SORT over lists, sets and sorted sets, with other keys to sort by and to get. Left out is what depends on
// chance: a set in its own order, and ties between texts that other keys hold.

import fc from "fast-check";
import type { Word } from "../differential-calls.ts";
import { call, key, mostly, several, type Weighted } from "./parts.ts";

const element = mostly(
  fc.integer({ min: -3, max: 12 }).map(String),
  fc.constantFrom("1.5", "abc", "", "0x10", " 7", "7 ", "inf", "nan", "x".repeat(70)),
);
const score = fc.integer({ min: -9, max: 9 }).map(String);
const index = mostly(fc.integer({ min: -2, max: 6 }).map(String), fc.constantFrom("x", "9223372036854775807"));
const pattern = fc.constantFrom("*", "w*", "h*->f", "h*->", "#", "w*->f", "nothing*", "constant");

/** Some of these options, each at most once, and GET any number of times. */
function some(...choices: fc.Arbitrary<Word[]>[]): fc.Arbitrary<Word[]> {
  const each = choices.map(choice => fc.oneof(fc.constant<Word[]>([]), choice));
  return fc.tuple(...each).map(list => list.flat());
}

const order = fc.constantFrom("ASC", "desc", "DESC").map(word => [word]);
const limit = fc.tuple(fc.constant("LIMIT"), index, index);
const get = fc
  .array(
    pattern.map(name => ["GET", name]),
    { maxLength: 2 },
  )
  .map(list => list.flat());
const alpha = fc.constantFrom("ALPHA", "alpha").map(word => [word]);
const store = fc.tuple(fc.constant("STORE"), key);
const odd = fc.constantFrom<Word[]>(["junk"], ["LIMIT", "1"], ["BY"]);
const weight = fc.nat(12).map(n => `w${n}`);
const record = fc.nat(12).map(n => `h${n}`);

export const sortCalls: readonly Weighted[] = [
  [5, call("RPUSH", key, several(element, 6))],
  [3, call("SADD", key, several(element, 6))],
  [
    3,
    call(
      "ZADD",
      key,
      fc.array(fc.tuple(score, element), { minLength: 1, maxLength: 5 }).map(list => list.flat()),
    ),
  ],
  [4, call("SET", weight, element)],
  [3, call("HSET", record, "f", element)],
  [8, call("SORT", key, some(order, alpha, limit, get, store))],
  [5, call("SORT", key, "BY", fc.constantFrom("w*", "h*->f"), some(order, limit, get, store))],
  [3, call("SORT", key, "BY", "nosort", some(order, limit, get), store)],
  [2, call("SORT", key, some(order), odd)],
  [3, call("SORT_RO", key, some(order, alpha, limit, get))],
  [1, call("SORT_RO", key, store)],
];
