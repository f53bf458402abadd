// Random calls on streams: few ids, most of them growing, so that entries, groups and pending entries meet; nodes of few
// entries, so that trimming happens to whole ones.
//
// Replies and lists of pending entries hold times; those of the two servers differ. So idle times are asked for only as "more than
// an hour" and "any", and deliveries get times that lie in the past.

import fc from "fast-check";
import type { Wire } from "../wire.ts";
import { call, key, mostly, options, several, type Weighted, word } from "./parts.ts";

const LARGEST = "18446744073709551615";
const id = fc.oneof(
  { weight: 10, arbitrary: fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(2)).map(([ms, seq]) => `${ms}-${seq}`) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 30 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom("0-0", "0-1", "9007199254740993-9007199254740993", `${LARGEST}-0`) },
);
const oddId = fc.constantFrom(
  ...["-", "+", "$", ">", "*", "1-", "-1", "x", "", "01-02", "1--1", "1-*", " 7-7", "(3", "18446744073709551616"],
  ...[`${LARGEST}-${LARGEST}`, "1-1-1", "9".repeat(130), "3-3\x00x", "5-+5", "6--9223372036854775809"],
);
const newId = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 60 }).map(ms => `${ms}-*`) },
  { weight: 6, arbitrary: id },
  { weight: 1, arbitrary: oddId.filter(text => text !== "*") },
);
const anyId = mostly(id, oddId);
const exclusive = fc.oneof({ weight: 5, arbitrary: anyId }, { weight: 2, arbitrary: anyId.map(text => `(${text}`) });
const start = fc.oneof({ weight: 3, arbitrary: fc.constant("-") }, { weight: 4, arbitrary: exclusive });
const end = fc.oneof({ weight: 3, arbitrary: fc.constant("+") }, { weight: 4, arbitrary: exclusive });
const count = mostly(fc.constantFrom("0", "1", "2", "3", "100"), fc.constantFrom("-1", "x", "", "9223372036854775807"));
const howMany = options(fc.tuple(fc.constant("COUNT"), count), word("junk"));

const field = fc.constantFrom("f", "f", "f", "g", "1", "", "\r\n\xff");
const value = fc.constantFrom("v", "1", "-70000", "", "x".repeat(70), "y".repeat(600), "9223372036854775807");
const pairs = fc.oneof(
  { weight: 3, arbitrary: value.map(text => ["f", text]) },
  {
    weight: 2,
    arbitrary: fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 3, size: "max" }).map(list => list.flat()),
  },
);
const about = fc.constantFrom("~", "=", "");
const trim = fc
  .tuple(
    fc.constantFrom("MAXLEN", "minid"),
    about,
    mostly(fc.integer({ min: 0, max: 12 }).map(String), fc.constantFrom("-1", "x", "3-1")),
    options(fc.tuple(fc.constant("LIMIT"), fc.constantFrom("0", "1", "4", "100", "-1", "x"))),
  )
  .map(([how, sign, threshold, limit]) => [how, ...(sign === "" ? [] : [sign]), threshold, ...limit]);

const group = mostly(fc.constantFrom("g", "h", "g2"), fc.constantFrom("", "none", "a\r\nb"));
const consumer = fc.constantFrom("c", "d", "consumer", "");
const idle = mostly(fc.constantFrom("0", "0", "3600000"), fc.constantFrom("-1", "x"));
const entriesRead = options(
  fc.tuple(fc.constant("ENTRIESREAD"), mostly(fc.constantFrom("0", "3", "-1"), fc.constantFrom("-2", "x"))),
  word("MKSTREAM", "junk"),
);
const wait = options(
  fc.tuple(fc.constant("COUNT"), count),
  fc.tuple(fc.constant("BLOCK"), mostly(fc.constant("1"), fc.constantFrom("-1", "x"))),
);
/** One or two streams and the ids asked for. */
function streams(asked: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc
    .array(fc.tuple(key, asked), { minLength: 1, maxLength: 2 })
    .map(list => ["STREAMS", ...list.map(([name]) => name), ...list.map(([, one]) => one)]);
}

export const streamCalls: readonly Weighted[] = [
  [16, call("XADD", key, newId, pairs)],
  [5, call("XADD", key, trim, newId, pairs)],
  [1, call("XADD", key, options(word("NOMKSTREAM"), trim, word("junk")), newId, pairs)],
  [1, call("XADD", key, newId, pairs, field)],
  [2, call("XLEN", key)],
  [4, call("XRANGE", key, start, end, howMany)],
  [3, call("XREVRANGE", key, end, start, howMany)],
  [5, call("XDEL", key, several(anyId, 4))],
  [4, call("XTRIM", key, trim)],
  [1, call("XTRIM", key, options(trim, word("junk")))],
  [
    2,
    call(
      "XSETID",
      key,
      anyId,
      options(fc.tuple(fc.constant("ENTRIESADDED"), count), fc.tuple(fc.constant("MAXDELETEDID"), anyId)),
    ),
  ],
  [5, call("XGROUP", "CREATE", key, group, mostly(fc.constantFrom("0", "$"), anyId), entriesRead)],
  [2, call("XGROUP", "SETID", key, group, mostly(fc.constantFrom("0", "$"), anyId), entriesRead)],
  [1, call("XGROUP", "DESTROY", key, group)],
  [1, call("XGROUP", "CREATECONSUMER", key, group, consumer)],
  [1, call("XGROUP", "DELCONSUMER", key, group, consumer)],
  [3, call("XREAD", wait, streams(mostly(id, oddId)))],
  [1, call("XREAD", options(word("NOACK"), fc.constant(["GROUP", "g", "c"])), streams(id), options(word("0")))],
  [8, call("XREADGROUP", "GROUP", group, consumer, wait, streams(mostly(fc.constant(">"), anyId)))],
  [2, call("XREADGROUP", "GROUP", group, consumer, "NOACK", streams(fc.constant(">")))],
  [3, call("XREADGROUP", "GROUP", group, consumer, streams(mostly(fc.constant("0"), anyId)))],
  [1, call("XREADGROUP", "COUNT", count, streams(fc.constant(">")), options(word("0")))],
  [4, call("XACK", key, group, several(anyId, 4))],
  [
    5,
    call(
      "XCLAIM",
      key,
      group,
      consumer,
      idle,
      several(id, 4),
      options(
        fc.tuple(fc.constantFrom("TIME", "IDLE"), fc.constantFrom("1000", "1700000000000", "x")),
        fc.tuple(fc.constant("RETRYCOUNT"), fc.constantFrom("0", "5", "-1", "x")),
        word("FORCE", "justid"),
        fc.tuple(fc.constant("LASTID"), anyId),
        word("junk"),
      ),
    ),
  ],
  [
    4,
    call(
      "XAUTOCLAIM",
      key,
      group,
      consumer,
      idle,
      start,
      options(fc.tuple(fc.constant("COUNT"), fc.constantFrom("1", "2", "100", "0", "x")), word("justid", "junk")),
    ),
  ],
  [2, call("XPENDING", key, group)],
  [3, call("XPENDING", key, group, start, end, count, options(consumer.map(name => [name])))],
  [1, call("XPENDING", key, group, "IDLE", idle, start, end, count, options(consumer.map(name => [name])))],
  [3, call("XINFO", "STREAM", key)],
  [2, call("XINFO", "STREAM", key, "FULL", options(fc.tuple(fc.constant("COUNT"), count), word("junk")))],
  [2, call("XINFO", "GROUPS", key)],
  [2, call("XINFO", "CONSUMERS", key, group)],
  [1, call("CONFIG", "SET", "stream-node-max-entries", fc.constantFrom("100", "3", "3", "0", "5"))],
  [1, call("CONFIG", "SET", "stream-node-max-bytes", fc.constantFrom("4096", "300", "0"))],
];

// ---------------------------------------------------------------------------------------------------------------------
// What may differ: the times in these replies.

const TIMES: ReadonlySet<Wire> = new Set(["$seen-time", "$active-time", "$idle", "$inactive"]);
const TOLERANCE_MS = 20_000;

/** Whether a time stands at this place: behind its name, or in a row that begins with an id. */
function isTime(items: readonly Wire[], i: number): boolean {
  if (i > 0 && TIMES.has(items[i - 1])) return true;
  if (typeof items[0] !== "string" || !/^\$\d+-\d+$/u.test(items[0])) return false;
  return (items.length === 4 && i === 2) || (items.length === 3 && i === 1);
}

function near(real: string, ours: string): boolean {
  const [left, right] = [Number(real.slice(1)), Number(ours.slice(1))];
  return left >= 0 && right >= 0 && Math.abs(left - right) <= TOLERANCE_MS;
}

/** Equal but for the times. */
export function sameButTimes(real: Wire, ours: Wire): boolean {
  if (typeof real === "string" || typeof ours === "string") return real === ours;
  if (real.length !== ours.length) return false;
  return real.every((item, i) => {
    const other = ours[i];
    if (isTime(real, i) && typeof item === "string" && typeof other === "string") return near(item, other);
    return sameButTimes(item, other);
  });
}
