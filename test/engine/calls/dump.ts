// Random calls of DUMP, RESTORE and what DEBUG does with whole data. Payloads with a right checksum and wrong contents are
// left out: the real server believes them unless it is told to look, and may fall over.

import fc from "fast-check";
import { talk } from "../harness.ts";
import { EVERY_FORM } from "../rdb/payloads.ts";
import { call, key, mostly, options, type Weighted } from "./parts.ts";

/** Collections that SCAN does not get through in one step are left out. */
const TOO_LARGE = new Set(["chain", "table", "manyints", "large", "skiplist", "nodes"]);

/** One value of every form, as 7.0 writes it. */
const payloads = (() => {
  const ours = talk({ profile: "redis-7.0" });
  for (const [name, ...rest] of EVERY_FORM) if (!TOO_LARGE.has(rest[0])) ours(name, ...rest);
  ours("ZADD", "skiplist", "1", "m".repeat(70), "2.5", "b");
  return [...ours("KEYS", "*")].map(found => String(ours("DUMP", String(found).slice(1))).slice(1));
})();

const payload = mostly(
  fc.constantFrom(...payloads),
  fc.constantFrom("", "short", payloads[0].slice(1), `${payloads[1]}x`, payloads[2].replace(/.$/su, "?")),
);
const ttl = fc.oneof(
  { weight: 6, arbitrary: fc.constant("0") },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 9 }).map(n => ({ inSeconds: 100 * n, unit: "ms", absolute: false }) as const),
  },
  { weight: 1, arbitrary: fc.constantFrom("-1", "x", "9223372036854775808") },
);
const instant = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map(n => ({ inSeconds: 100 * n, unit: "ms", absolute: true }) as const),
  fc.integer({ min: 1, max: 9 }).map(n => ({ inSeconds: -100 * n, unit: "ms", absolute: true }) as const),
);
const option = options(
  fc.constant(["REPLACE"]),
  fc.constant(["replace"]),
  mostly(fc.constantFrom("0", "100", "5000"), fc.constantFrom("-1", "x")).map(n => ["IDLETIME", n]),
  mostly(fc.constantFrom("0", "5", "255"), fc.constantFrom("256", "-1", "x")).map(n => ["FREQ", n]),
  fc.constantFrom(["junk"], ["IDLETIME"], ["FREQ"]),
);

export const dumpCalls: readonly Weighted[] = [
  [6, call("DUMP", key)],
  [8, call("RESTORE", key, ttl, payload, option)],
  [6, call("RESTORE", key, "0", payload, "REPLACE")],
  [3, call("RESTORE", key, instant, payload, "ABSTTL", option)],
  [1, call("RESTORE-ASKING", key, ttl, payload, option)],
  [5, call("DEBUG", "DIGEST-VALUE", key, key)],
  [2, call("DEBUG", "DIGEST")],
];

/** What touches all keys, or leaves the network. */
export const wholeDumpCalls: readonly Weighted[] = [
  [1, call("DEBUG", "RELOAD")],
  [1, call("SAVE")],
  [1, call("LASTSAVE")],
];
