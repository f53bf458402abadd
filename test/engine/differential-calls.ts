// Random calls for the comparison with a real server: every command of the table, few keys so that calls collide,
// values on all the edges (64 bits, 44 and 45 bytes, floats, bytes that break lines), options in any order and number,
// and a share of nonsense.
//
// Times are tokens, resolved when the call is sent: relative ones differ by ten seconds from call to call, so that the
// order of two expiries never depends on how fast the machine is.

import fc from "fast-check";
import { bitmapCalls, hyperloglogCalls, hyperloglogLimitCalls } from "./calls/bitmap.ts";
import { dumpCalls, wholeDumpCalls } from "./calls/dump.ts";
import { geoCalls } from "./calls/geo.ts";
import { hashCalls } from "./calls/hash.ts";
import { listCalls, listLimitCalls } from "./calls/list.ts";
import { monitoringCalls } from "./calls/monitoring.ts";
import { setCalls } from "./calls/set.ts";
import { sortCalls } from "./calls/sort.ts";
import { streamCalls } from "./calls/stream.ts";
import { zsetCalls } from "./calls/zset.ts";

export interface Time {
  /** Seconds from now; negative: in the past. */
  readonly inSeconds: number;
  readonly unit: "s" | "ms";
  readonly absolute: boolean;
}

export type Word = string | Time;
export type Call = readonly Word[];

/** The word that is sent at this step. */
export function resolve(word: Word, step: number, nowMs: number): string {
  if (typeof word === "string") return word;
  const seconds = word.inSeconds + Math.sign(word.inSeconds) * 10 * step;
  const base = word.absolute ? Math.floor(nowMs / 1_000) : 0;
  return String((base + seconds) * (word.unit === "s" ? 1 : 1_000));
}

export const KEYS = ["a", "b", "k2", "", "\x00\xff\r\n"] as const;

const key: fc.Arbitrary<string> = fc.constantFrom(...KEYS);
const longText = "the quick brown fox jumps over the lazy dog..";

const integers = [
  "0",
  "1",
  "-1",
  "7",
  "10",
  "9999",
  "10000",
  "9007199254740993",
  "9223372036854775806",
  "9223372036854775807",
  "-9223372036854775807",
  "-9223372036854775808",
] as const;
const almostIntegers = [
  "9223372036854775808",
  "-9223372036854775809",
  "-0",
  "01",
  "+1",
  " 1",
  "1 ",
  "",
  "abc",
] as const;
const floats = ["1.5", "3.0e3", "-2.5e-3", "0.1", "0.2", "5.0e-324", "1e4931", "1e5000", "inf", "-inf", "nan"] as const;
const oddFloats = ["0x1p3", "0x", "1e", ".5", "5.", ".", "1e-4950", "-0.0", "1_0", "1.0\x00", "3.3 "] as const;
const texts = [
  longText.slice(0, 44),
  longText.slice(0, 45),
  "abcabc",
  "cab",
  "\x00\xff\r\n\x80",
  "x".repeat(300),
] as const;

const integer = fc.constantFrom(...integers);
const count = fc.oneof({ weight: 6, arbitrary: integer }, { weight: 1, arbitrary: fc.constantFrom(...almostIntegers) });
const float = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...floats) },
  { weight: 1, arbitrary: fc.constantFrom(...oddFloats) },
  { weight: 2, arbitrary: count },
  { weight: 2, arbitrary: fc.tuple(fc.integer({ min: -999, max: 999 }), fc.nat(999)).map(([a, b]) => `${a}.${b}`) },
);
const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...texts) },
  { weight: 3, arbitrary: count },
  { weight: 2, arbitrary: float },
);
const offset = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -12, max: 60 }).map(String) },
  { weight: 1, arbitrary: count },
);

const seconds = fc.constantFrom(-50_000, -1, 1_000, 5_000, 9_000);
function time(unit: Time["unit"], absolute: boolean): fc.Arbitrary<Word> {
  return fc.oneof(
    { weight: 8, arbitrary: seconds.map(inSeconds => ({ inSeconds, unit, absolute })) },
    // Beyond 2^53 the engine keeps times as rounded doubles: what is refused or means "now" stays comparable.
    { weight: 1, arbitrary: fc.constantFrom("0", "-9223372036854775808", "9223372036854775807", "x", "") },
  );
}
const positiveTime = (unit: Time["unit"], absolute: boolean) =>
  time(unit, absolute).filter(
    word => typeof word !== "string" || word !== "9223372036854775807" || unit === "s" || !absolute,
  );

const expiryOption: fc.Arbitrary<Word[]> = fc.oneof(
  fc.tuple(fc.constantFrom("EX", "ex"), positiveTime("s", false)),
  fc.tuple(fc.constant("PX"), positiveTime("ms", false)),
  fc.tuple(fc.constant("EXAT"), positiveTime("s", true)),
  fc.tuple(fc.constant("PXAT"), positiveTime("ms", true)),
);

/** Zero to three options, flattened. */
function options(...one: fc.Arbitrary<Word[]>[]): fc.Arbitrary<Word[]> {
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.constant<Word[][]>([]) },
      { weight: 4, arbitrary: fc.array(fc.oneof(...one), { minLength: 1, maxLength: 1 }) },
      { weight: 2, arbitrary: fc.array(fc.oneof(...one), { minLength: 2, maxLength: 3 }) },
    )
    .map(list => list.flat());
}

function word(...choices: string[]): fc.Arbitrary<Word[]> {
  return fc.constantFrom(...choices).map(choice => [choice]);
}

type Part = string | fc.Arbitrary<string> | fc.Arbitrary<Word> | fc.Arbitrary<Word[]>;

/** A call from its parts: words, arbitraries of a word, arbitraries of several words. */
function call(...parts: Part[]): fc.Arbitrary<Call> {
  const lists = parts.map(
    (part): fc.Arbitrary<Word[]> =>
      typeof part === "string"
        ? fc.constant([part])
        : (part as fc.Arbitrary<Word | Word[]>).map(words => (Array.isArray(words) ? words : [words as Word])),
  );
  return fc.tuple(...lists).map(words => words.flat());
}

const keys = fc.array(key, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<Word[]>;
const pairs = fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 3 }).map(list => list.flat() as Word[]);
const database = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("0", "1", "2", "15") },
  { weight: 1, arbitrary: fc.constantFrom("16", "-1", "x", "99999999999", "9223372036854775808") },
);
const conditions = options(word("NX"), word("XX"), word("GT"), word("lt"), word("junk"));
const pattern = fc.constantFrom("*", "?", "k*", "[ab]", "[^a]", "", "nothing", "\\a", "a\x00");

/** Calls on strings, with the weight of each. */
const stringCalls: readonly (readonly [number, fc.Arbitrary<Call>])[] = [
  [4, call("GET", key)],
  [6, call("SET", key, value)],
  [
    6,
    call(
      "SET",
      key,
      value,
      options(expiryOption, word("NX"), word("XX"), word("GET"), word("KEEPTTL"), word("PERSIST")),
    ),
  ],
  [2, call("SETNX", key, value)],
  [2, call("SETEX", key, positiveTime("s", false), value)],
  [2, call("PSETEX", key, positiveTime("ms", false), value)],
  [3, call("GETEX", key, options(expiryOption, word("PERSIST"), word("KEEPTTL"), word("NX")))],
  [2, call("GETDEL", key)],
  [2, call("GETSET", key, value)],
  [2, call("MGET", keys)],
  [2, call("MSET", pairs)],
  [1, call("MSET", pairs, key)],
  [2, call("MSETNX", pairs)],
  [2, call("STRLEN", key)],
  [3, call("INCR", key)],
  [3, call("DECR", key)],
  [3, call("INCRBY", key, count)],
  [3, call("DECRBY", key, count)],
  [4, call("INCRBYFLOAT", key, float)],
  [3, call("APPEND", key, value)],
  [3, call("SETRANGE", key, offset, value)],
  [3, call("GETRANGE", key, offset, offset)],
  [1, call("SUBSTR", key, offset, offset)],
  [
    3,
    call(
      "LCS",
      key,
      key,
      options(word("LEN"), word("IDX"), word("WITHMATCHLEN"), fc.tuple(fc.constant("MINMATCHLEN"), offset), word("x")),
    ),
  ],
];

const keyCalls: readonly (readonly [number, fc.Arbitrary<Call>])[] = [
  [2, call("DEL", keys)],
  [1, call("UNLINK", keys)],
  [1, call("EXISTS", keys)],
  [1, call("TOUCH", keys)],
  [1, call("TYPE", key)],
  [3, call("RENAME", key, key)],
  [2, call("RENAMENX", key, key)],
  [3, call("COPY", key, key, options(word("REPLACE"), fc.tuple(fc.constant("DB"), database), word("DB")))],
  [2, call("MOVE", key, database)],
  [1, call("RANDOMKEY")],
  [2, call("OBJECT", fc.constantFrom("ENCODING", "idletime", "FREQ", "refcount"), key)],
  [1, call("OBJECT", fc.constantFrom("ENCODING", "nonsense"))],
  [3, call("EXPIRE", key, time("s", false), conditions)],
  [
    2,
    call(
      "PEXPIRE",
      key,
      time("ms", false).filter(at => at !== "9223372036854775807"),
      conditions,
    ),
  ],
  [2, call("EXPIREAT", key, time("s", true), conditions)],
  [2, call("PEXPIREAT", key, positiveTime("ms", true), conditions)],
  [3, call(fc.constantFrom("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"), key)],
  [2, call("PERSIST", key)],
  [1, call("KEYS", pattern)],
  [
    2,
    call(
      "SCAN",
      fc.constantFrom("0", "0", "0", "", "x", "-"),
      "COUNT",
      "100",
      options(
        fc.tuple(fc.constant("MATCH"), pattern),
        fc.tuple(fc.constant("TYPE"), fc.constantFrom("string", "LIST", "junk")),
        fc.tuple(fc.constant("COUNT"), fc.constantFrom("100", "0", "-1", "y")),
        word("junk"),
      ),
    ),
  ],
];

const password = fc.constantFrom("", "secret");
const parameter = fc.constantFrom(
  ...["hz", "MAXCLIENTS", "active-expire-effort", "lazyfree-lazy-user-del", "replica-read-only"],
  ...["min-replicas-to-write", "min-replicas-max-lag", "proto-max-bulk-len", "repl-backlog-size", "databases"],
  ...["maxmemory-policy", "cluster-enabled", "no-such-parameter"],
);
const setting = fc.constantFrom(
  "1",
  "5",
  "0",
  "-1",
  "yes",
  "no",
  "maybe",
  "1mb",
  "2MB",
  "3k",
  "1.5",
  "",
  "99999999999999999999",
);

/** Calls on whole databases. */
const wholeCalls: readonly (readonly [number, fc.Arbitrary<Call>])[] = [
  [4, call("SELECT", database)],
  [1, call("FLUSHDB", options(word("ASYNC"), word("sync"), word("junk")))],
  [1, call("FLUSHALL", options(word("ASYNC"), word("sync"), word("junk")))],
  [2, call("SWAPDB", database, database)],
];

const otherCalls: readonly (readonly [number, fc.Arbitrary<Call>])[] = [
  [1, call("PING", options(word("hello")))],
  [1, call("ECHO", value)],
  [1, call("AUTH", password)],
  [1, call("AUTH", fc.constantFrom("default", "nobody"), password)],
  [1, call("HELLO", options(word("2", "4", "x"), fc.tuple(fc.constant("SETNAME"), fc.constantFrom("me", "a b", ""))))],
  [1, call("HELLO", "2", "AUTH", fc.constantFrom("default", "nobody"), password)],
  [1, call("RESET")],
  [1, call(fc.constantFrom("READONLY", "READWRITE", "ASKING"))],
  [1, call("CLIENT", fc.constantFrom("ID", "GETNAME", "INFO", "junk"))],
  [1, call("CLIENT", "SETNAME", fc.constantFrom("me", "a b", "", "\xff"))],
  [1, call("DBSIZE")],
  [1, call("TIME")],
  [2, call("MEMORY", "USAGE", key, options(fc.tuple(fc.constant("SAMPLES"), fc.constantFrom("0", "5", "-1", "x"))))],
  [1, call("INFO", fc.constantFrom("keyspace", "stats", "nothing"))],
  [1, call("CONFIG", "GET", fc.constantFrom("maxmemory*", "HZ", "nothing", "lazyfree-*"))],
  [2, call("CONFIG", "SET", parameter, setting, options(fc.tuple(parameter, setting), word("odd")))],
  [1, call("CONFIG", "SET", "requirepass", password)],
  [1, call("CONFIG", "RESETSTAT")],
  [1, call("COMMAND", "GETKEYS", fc.constantFrom("get", "mset", "ping", "lcs", "junk"), keys)],
  [1, call("CLUSTER", fc.constantFrom("KEYSLOT", "COUNTKEYSINSLOT", "junk"), key)],
  [1, call("DEBUG", "OBJECT", key)],
  [1, call(fc.constantFrom("GET", "SET", "EXPIRE", "SELECT", "nosuch", "CONFIG", "OBJECT", "DEBUG"))],
  [1, call("NOSUCH", value, value)],
];

/** Puts a key two ms before its end and lets five pass, in one go: what follows meets an expired key. */
const EXPIRES_NOW = "expires now";
const expiring: fc.Arbitrary<Call> = key.map(name => [EXPIRES_NOW, name]);

const one: fc.Arbitrary<Call> = fc.oneof(
  { weight: 3, arbitrary: expiring },
  ...[
    ...stringCalls,
    ...keyCalls,
    ...wholeCalls,
    ...otherCalls,
    ...listCalls,
    ...listLimitCalls,
    ...bitmapCalls,
    ...hyperloglogCalls,
    ...hyperloglogLimitCalls,
    ...sortCalls,
    ...dumpCalls,
    ...wholeDumpCalls,
    ...hashCalls,
    ...setCalls,
    ...zsetCalls,
    ...geoCalls,
    ...streamCalls,
    ...monitoringCalls,
  ].map(([weight, arbitrary]) => ({ weight, arbitrary })),
);

/** The calls of a sequence as they are sent, times still open. */
export function flatten(calls: readonly Call[]): Call[] {
  return calls.flatMap(words => {
    if (words[0] === EXPIRES_NOW) {
      return [
        ["PEXPIRE", words[1], "2"],
        ["DEBUG", "SLEEP", "0.005"],
      ];
    }
    // SORT there takes an overflow that an earlier command met for its own; a text that is no number clears it.
    if (words[0] === "SORT" || words[0] === "SORT_RO") return [["INCRBYFLOAT", "not there", "x"], words];
    // RANDOMKEY deletes the expired keys that it happens on: a full SCAN before leaves none.
    return words[0] === "RANDOMKEY" ? [["SCAN", "0", "COUNT", "100"], words] : [words];
  });
}

/** Calls that change or read data, without those on the connection or the server: for laws about the data set. */
export const dataSequence: fc.Arbitrary<Call[]> = fc.array(
  fc.oneof(
    ...[
      ...stringCalls,
      ...keyCalls,
      ...wholeCalls,
      ...listCalls,
      ...bitmapCalls,
      ...hyperloglogCalls,
      ...sortCalls,
      ...dumpCalls,
      ...hashCalls,
      ...setCalls,
      ...zsetCalls,
      ...geoCalls,
      ...streamCalls,
    ].map(([weight, arbitrary]) => ({
      weight,
      arbitrary,
    })),
  ),
  { minLength: 1, maxLength: 40, size: "max" },
);

export interface Sequence {
  /** The eviction policy decides what keys remember of their use, and whether small integers are shared. */
  readonly policy: "noeviction" | "allkeys-lru" | "allkeys-lfu";
  readonly calls: readonly Call[];
}

export const sequence: fc.Arbitrary<Sequence> = fc.record({
  policy: fc.constantFrom("noeviction", "allkeys-lru", "allkeys-lfu"),
  calls: fc.array(one, { minLength: 1, maxLength: 40, size: "max" }),
});
