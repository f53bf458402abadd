// Random calls on sorted sets: few members, scores on all the edges, limits that change on the way. Ranges of members are
// asked of a key of their own whose scores are all equal: elsewhere a large set answers by the levels that it drew.

import fc from "fast-check";
import { call, key, mostly, options, several, type Weighted, word } from "./parts.ts";

const member = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("m", "n", "o", "p", "1", "-200", "70000", "", "\r\n\xff", "mm", "\x00") },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(64), "y".repeat(65), "z".repeat(130)) },
);
const number = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -3, max: 6 }).map(String) },
  {
    weight: 3,
    arbitrary: fc.constantFrom("1.5", "0.1", "-2.25", "3.0e3", "1e15", "-1e16", "1e17", "1e-5", "70000", "-0", "0x10"),
  },
  { weight: 1, arbitrary: fc.constantFrom("inf", "-inf", "+inf", "1e300", "9007199254740993", "5e-324") },
);
const score = mostly(number, fc.constantFrom("nan", "", "x", " 1", "1 ", "1e999", "1e-999", "1.0\x00"));
const pairs = fc.array(fc.tuple(score, member), { minLength: 1, maxLength: 5, size: "max" }).map(list => list.flat());
const scoreEnd = fc.oneof(
  { weight: 5, arbitrary: number },
  { weight: 3, arbitrary: number.map(text => `(${text}`) },
  { weight: 3, arbitrary: fc.constantFrom("-inf", "+inf", "(inf", "(-inf") },
  { weight: 1, arbitrary: fc.constantFrom("", "(", "nan", "x", " 1", "1 ", "1e999", "1\x00z") },
);
const rank = mostly(
  fc.integer({ min: -8, max: 8 }).map(String),
  fc.constantFrom("100", "-100", "x", "", "9223372036854775807", "-9223372036854775808"),
);
const memberEnd = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom("(", "["), member).map(words => words.join("")) },
  { weight: 4, arbitrary: fc.constantFrom("-", "+") },
  { weight: 1, arbitrary: fc.constantFrom("", "x", "+x", "(") },
);
const offset = mostly(fc.integer({ min: 0, max: 4 }).map(String), fc.constantFrom("-1", "x", "100"));
const amount = mostly(fc.integer({ min: -1, max: 4 }).map(String), fc.constantFrom("x", "100"));
const limit = fc.tuple(fc.constant("LIMIT"), offset, amount);
const count = fc.constantFrom("0", "1", "2", "3", "100", "x", "", "9223372036854775807");
const timeout = mostly(fc.constant("0.001"), fc.constantFrom("-1", "x", "nan", "-0.1"));
const keys = several(key, 3);
const counted = keys.map(list => [String(list.length), ...list]);
const oddlyCounted = fc.tuple(fc.constantFrom("0", "-1", "x", "5"), key);
const ends = fc.constantFrom("MIN", "max", "MAX");

const addOptions = options(word("NX"), word("XX"), word("GT"), word("lt"), word("CH"), word("INCR"));
const withScores = word("WITHSCORES");
const weights = fc.array(score, { minLength: 1, maxLength: 3 }).map(list => ["WEIGHTS", ...list]);
const aggregate = fc.tuple(fc.constant("AGGREGATE"), fc.constantFrom("sum", "MIN", "max", "junk"));
const combining = options(weights, aggregate, withScores, word("junk"));

const LEX = "lex";
const lexMembers = fc
  .array(member, { minLength: 1, maxLength: 5, size: "max" })
  .map(list => list.flatMap(name => ["0", name]));

export const zsetCalls: readonly Weighted[] = [
  [14, call("ZADD", key, pairs)],
  [6, call("ZADD", key, addOptions, pairs)],
  [4, call("ZADD", key, fc.constantFrom("INCR", "incr"), options(word("NX"), word("XX"), word("GT")), score, member)],
  [1, call("ZADD", key, pairs, member)],
  [5, call("ZINCRBY", key, score, member)],
  [4, call("ZREM", key, several(member, 3))],
  [2, call("ZCARD", key)],
  [3, call("ZSCORE", key, member)],
  [2, call("ZMSCORE", key, several(member, 3))],
  [3, call(fc.constantFrom("ZRANK", "ZREVRANK"), key, member)],
  [4, call("ZRANGE", key, rank, rank, options(withScores, word("REV"), word("junk"), limit))],
  [4, call("ZRANGE", key, scoreEnd, scoreEnd, "BYSCORE", options(withScores, word("rev"), limit, word("BYLEX")))],
  [3, call("ZREVRANGE", key, rank, rank, options(withScores, word("junk")))],
  [4, call("ZRANGEBYSCORE", key, scoreEnd, scoreEnd, options(withScores, limit, word("junk")))],
  [4, call("ZREVRANGEBYSCORE", key, scoreEnd, scoreEnd, options(withScores, limit, word("LIMIT")))],
  [3, call("ZCOUNT", key, scoreEnd, scoreEnd)],
  [3, call("ZRANGESTORE", key, key, rank, rank, options(word("REV"), withScores))],
  [3, call("ZRANGESTORE", key, key, scoreEnd, scoreEnd, "BYSCORE", options(word("REV"), limit))],
  [3, call("ZREMRANGEBYRANK", key, rank, rank)],
  [3, call("ZREMRANGEBYSCORE", key, scoreEnd, scoreEnd)],
  [3, call(fc.constantFrom("ZPOPMIN", "ZPOPMAX"), key, options(fc.tuple(count), fc.tuple(count, count)))],
  [2, call(fc.constantFrom("BZPOPMIN", "BZPOPMAX"), keys, timeout)],
  [3, call("ZMPOP", counted, ends, options(fc.tuple(fc.constant("COUNT"), count), word("junk")))],
  [1, call("ZMPOP", oddlyCounted, ends)],
  [2, call("BZMPOP", timeout, counted, ends, options(fc.tuple(fc.constant("COUNT"), count)))],
  [5, call(fc.constantFrom("ZUNION", "ZINTER"), counted, combining)],
  [5, call(fc.constantFrom("ZUNIONSTORE", "ZINTERSTORE"), key, counted, combining)],
  [3, call("ZDIFF", counted, options(withScores, word("junk"), aggregate))],
  [3, call("ZDIFFSTORE", key, counted, options(word("junk")))],
  [3, call("ZINTERCARD", counted, options(fc.tuple(fc.constant("LIMIT"), count)))],
  [1, call(fc.constantFrom("ZUNION", "ZINTER", "ZDIFF", "ZINTERCARD"), oddlyCounted)],
  [1, call(fc.constantFrom("ZUNIONSTORE", "ZDIFFSTORE"), key, oddlyCounted)],
  [3, call("ZRANDMEMBER", key, options(fc.tuple(count), fc.tuple(count, fc.constantFrom("WITHSCORES", "junk"))))],
  [
    2,
    call("ZSCAN", key, "0", "COUNT", "1000", options(fc.tuple(fc.constant("MATCH"), fc.constantFrom("*", "m*", "?")))),
  ],
  [6, call("ZADD", LEX, lexMembers)],
  [2, call("ZREM", LEX, several(member, 3))],
  [4, call(fc.constantFrom("ZRANGEBYLEX", "ZREVRANGEBYLEX"), LEX, memberEnd, memberEnd, options(limit, withScores))],
  [2, call("ZRANGE", LEX, memberEnd, memberEnd, "BYLEX", options(word("REV"), limit, withScores))],
  [3, call("ZLEXCOUNT", LEX, memberEnd, memberEnd)],
  [2, call("ZREMRANGEBYLEX", LEX, memberEnd, memberEnd)],
  [
    2,
    call(
      "CONFIG",
      "SET",
      fc.constantFrom("zset-max-listpack-entries", "zset-max-ziplist-entries"),
      fc.constantFrom("128", "3", "0", "-1"),
    ),
  ],
  [
    1,
    call(
      "CONFIG",
      "SET",
      fc.constantFrom("zset-max-listpack-value", "zset-max-ziplist-value"),
      fc.constantFrom("64", "2", "0", "x"),
    ),
  ],
];
