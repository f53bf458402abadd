// Random calls on bits, numbers in bits, and HyperLogLogs. What 7.0 answers otherwise than 8.0 is left out: BITCOUNT with a
// start alone, and units that do not exist.

import fc from "fast-check";
import { call, key, mostly, options, several, type Weighted } from "./parts.ts";

const offset = mostly(
  fc.nat(120).map(String),
  fc.constantFrom("-1", "x", "4294967296", "9223372036854775807", "100000"),
);
const bit = mostly(fc.constantFrom("0", "1"), fc.constantFrom("2", "-1", "x"));
const edge = mostly(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.constantFrom("x", "9223372036854775807", "-1000"),
);
const unit = fc.constantFrom("BIT", "byte", "bit");
const keys = several(key, 3);
const type = mostly(
  fc.tuple(fc.constantFrom("u", "i"), fc.integer({ min: 1, max: 63 })).map(([sign, width]) => `${sign}${width}`),
  fc.constantFrom("i64", "u64", "u0", "f8", "u", "i65", "u8 "),
);
const place = fc.oneof(
  offset,
  fc.nat(9).map(n => `#${n}`),
);
const number = fc.oneof(
  fc.integer({ min: -300, max: 300 }).map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom("9223372036854775807", "-9223372036854775808", "9223372036854775808", "x"),
);
const get = fc.tuple(fc.constant("GET"), type, place);
const fields = options(
  get,
  fc.tuple(fc.constant("SET"), type, place, number),
  fc.tuple(fc.constantFrom("INCRBY", "incrby"), type, place, number),
  fc.tuple(fc.constant("OVERFLOW"), mostly(fc.constantFrom("WRAP", "sat", "FAIL"), fc.constant("junk"))),
);
const element = fc.oneof(
  fc.nat(3_000).map(n => `e${n}`),
  fc.constantFrom("", "a", "1", "\xff\x00", "x".repeat(100)),
);

export const bitmapCalls: readonly Weighted[] = [
  [5, call("SETBIT", key, offset, bit)],
  [3, call("GETBIT", key, offset)],
  [2, call("BITCOUNT", key)],
  [4, call("BITCOUNT", key, edge, edge)],
  [3, call("BITCOUNT", key, edge, edge, unit)],
  [3, call("BITPOS", key, bit)],
  [3, call("BITPOS", key, bit, edge)],
  [3, call("BITPOS", key, bit, edge, edge)],
  [3, call("BITPOS", key, bit, edge, edge, unit)],
  [4, call("BITOP", mostly(fc.constantFrom("AND", "or", "XOR"), fc.constantFrom("NOT", "nor")), key, keys)],
  [2, call("BITOP", "NOT", key, key)],
  [6, call("BITFIELD", key, fields, fields)],
  [3, call("BITFIELD_RO", key, options(get, get), options(fc.tuple(fc.constant("SET"), type, place, number)))],
  [1, call("SETRANGE", key, offset, "abc")],
];

export const hyperloglogCalls: readonly Weighted[] = [
  [4, call("PFADD", key, options(several(element, 8)))],
  [
    1,
    call(
      "PFADD",
      key,
      fc.nat(9).map(n => Array.from({ length: 400 }, (_, i) => `${n}:${i}`)),
    ),
  ],
  [4, call("PFCOUNT", keys)],
  [3, call("PFMERGE", key, keys)],
  [1, call("PFMERGE", key)],
  [3, call("PFDEBUG", mostly(fc.constantFrom("ENCODING", "decode", "TODENSE", "GETREG"), fc.constant("junk")), key)],
  [1, call("SETRANGE", key, fc.constantFrom("0", "4", "15", "16"), fc.constantFrom("HYLL", "\x01", "\x00", "\x80"))],
  [1, call("APPEND", key, "\x00")],
];

/** The limit up to which a HyperLogLog is sparse. */
export const hyperloglogLimitCalls: readonly Weighted[] = [
  [1, call("CONFIG", "SET", "hll-sparse-max-bytes", fc.constantFrom("3000", "100", "0", "20000"))],
];
