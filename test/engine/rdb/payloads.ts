// Values of every type and form for the tests of snapshots, and ways to spoil their bytes.

import { crc64 } from "../../../src/engine/rdb/crc64.ts";

/** Calls that make at least one key of every form. */
export const EVERY_FORM: readonly (readonly string[])[] = [
  ["SET", "text", "hello"],
  ["SET", "empty", ""],
  ["SET", "int8", "12"],
  ["SET", "int16", "-3000"],
  ["SET", "int32", "1000000"],
  ["SET", "int64", "12345678901234"],
  ["SET", "lzf", `${"abc".repeat(50)}${"xyz12345".repeat(30)}qwertzuiop`],
  ["SET", "binary", "\x00\xff\x80\r\n"],
  ["SET", "expiring", "v", "PXAT", "3000000000000"],
  ["SET", "1234", "the key is an integer"],
  ["APPEND", "raw", "foo"],
  ["RPUSH", "list", "a", "b", "1", "-7", "300", "70000", "5000000000", "x".repeat(70), "y".repeat(5_000)],
  ...Array.from({ length: 40 }, (_, i) => [
    "RPUSH",
    "chain",
    ...Array.from({ length: 50 }, (_, j) => `item ${i} ${j} ${"z".repeat(j)}`),
  ]),
  ["RPUSH", "plain", "a", "Q".repeat(10_000), "b"],
  ["SADD", "ints", "1", "2", "3", "-5"],
  ["SADD", "ints32", "1", "100000"],
  ["SADD", "ints64", "1", "10000000000"],
  ["SADD", "wide", "1", "100000"],
  ["SREM", "wide", "100000"],
  ["SADD", "set", "a", "b", "c", "1"],
  ["SADD", "table", ...Array.from({ length: 300 }, (_, i) => `m${i}`)],
  ["SADD", "manyints", ...Array.from({ length: 600 }, (_, i) => `${i * 7}`)],
  ["HSET", "hash", "f", "v", "n", "12", "long", "w".repeat(60)],
  ["HSET", "large", ...Array.from({ length: 1_200 }, (_, i) => `f${i}`)],
  ["HSET", "wordy", "f", "v".repeat(100)],
  ["ZADD", "zset", "1", "a", "2.5", "b", "-3", "c", "inf", "d", "-inf", "e", "1e300", "f", "3.3", "g", "0.1", "h"],
  ["ZADD", "scores", "12345678901", "i", "10000000000", "x", "1e17", "y", "4611686018427387904", "w", "1e20", "v"],
  ["ZADD", "skiplist", ...Array.from({ length: 200 }, (_, i) => [String(i / 3), `m${i}`]).flat()],
  ["XADD", "stream", "1-1", "a", "1", "b", "2"],
  ["XADD", "stream", "1-2", "a", "1", "b", "3"],
  ["XADD", "stream", "5-0", "c", "3"],
  ["XDEL", "stream", "1-2"],
  ["XGROUP", "CREATE", "stream", "g", "0"],
  ["XGROUP", "CREATE", "stream", "other", "$"],
  ["XREADGROUP", "GROUP", "g", "alice", "COUNT", "1", "STREAMS", "stream", ">"],
  ["XGROUP", "CREATECONSUMER", "stream", "g", "bob"],
  ...Array.from({ length: 250 }, (_, i) => ["XADD", "nodes", `${i + 1}-0`, "temp", String(i), "room", `r${i % 7}`]),
  ["XTRIM", "nodes", "MAXLEN", "180"],
  ["XADD", "emptied", "7-1", "a", "b"],
  ["XDEL", "emptied", "7-1"],
  ["PFADD", "hll", "a", "b", "c"],
  ["SELECT", "3"],
  ["SET", "elsewhere", "db3"],
  ["SELECT", "0"],
];

/** Tables come in the order of their seed, and consumers remember the time: their bytes are not the same twice. */
export const UNORDERED: ReadonlySet<string> = new Set(["table", "manyints", "large", "stream"]);

/** Rights the checksum of a payload whose bytes were changed. */
export function resealed(payload: Buffer): string {
  payload.set(crc64(payload, 0, payload.length - 8), payload.length - 8);
  return payload.toString("latin1");
}
