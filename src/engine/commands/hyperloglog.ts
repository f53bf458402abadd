// HyperLogLog: PFADD, PFCOUNT, PFMERGE on strings of a form of their own, and what looks inside them.

import { isError } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import {
  ADMIN,
  ALL_KEYS,
  type CommandSpec,
  DENYOOM,
  FAST,
  MAY_REPLICATE,
  ONE_KEY,
  READONLY,
  WRITE,
} from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { WRONG_TYPE } from "../errors.ts";
import { STRING } from "../keyspace.ts";
import { ErrorReply, OK, type Reply, Status } from "../reply.ts";
import { Hyperloglog, type HyperloglogRules, isHyperloglog } from "../values/hyperloglog.ts";
import { cardinality, placeOf, REGISTERS } from "../values/hyperloglog-count.ts";
import { rawString, type StringValue } from "../values/string.ts";

const NOT_HLL = new ErrorReply("WRONGTYPE Key is not a valid HyperLogLog string value.");
const CORRUPTED = new ErrorReply("INVALIDOBJ Corrupted HLL object detected");
const NO_SUCH_HLL = new ErrorReply("ERR The specified key does not exist");
const NOT_SPARSE = new ErrorReply("ERR HLL encoding is not sparse");
const TEST_FAILED = new ErrorReply("ERR TESTFAILED the estimate is too far off");
const INDEX_BITS = 14;

function rulesOf({ profile, settings, sizeClass }: Context["engine"]): HyperloglogRules {
  return { sizeClass, sparseMaxBytes: settings.hllSparseMaxBytes, growth: profile.sparseGrowth };
}

function newHll(ctx: Context): Hyperloglog {
  return Hyperloglog.create(rulesOf(ctx.engine));
}

/** The HyperLogLog under an entry that is there, in a form that can be written, or the error to answer. */
function hllOf(ctx: Context, entry: number): Hyperloglog | ErrorReply {
  const { db, engine } = ctx;
  if (db.typeOf(entry) !== STRING) return WRONG_TYPE;
  const value = db.valueOf(entry) as StringValue;
  if (!isHyperloglog(value)) return NOT_HLL;
  const raw = rawString(value, engine.sizeClass, engine.profile.trimsValues);
  return new Hyperloglog(raw, rulesOf(engine));
}

/** Keeps the string of a HyperLogLog, which may have become another one. */
function store(ctx: Context, entry: number, { raw }: Hyperloglog): void {
  if (ctx.db.valueOf(entry) === raw) ctx.db.changed(entry);
  else ctx.db.replace(entry, STRING, raw);
}

function pfadd(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const found = ctx.write(key);
  const hll = found === NONE ? newHll(ctx) : hllOf(ctx, found);
  if (isError(hll)) return hll;
  const entry = found === NONE ? ctx.add(key, STRING, hll.raw) : found;
  let updated = found === NONE ? 1 : 0;
  let broken = false;
  for (let i = 2; i < argv.length && !broken; i++) {
    const place = placeOf(textOf(argv[i]));
    const raised = hll.raise(place & (REGISTERS - 1), place >> INDEX_BITS);
    if (raised) updated++;
    broken = raised === null;
  }
  ctx.effort.elements += argv.length - 2;
  if (updated > 0 && !broken) hll.invalidate();
  store(ctx, entry, hll);
  if (broken) return CORRUPTED;
  if (updated === 0) return 0;
  ctx.modified(key, "$", "pfadd");
  ctx.dirty += updated - 1;
  return 1;
}

/** The largest of each register over all keys from a position on, and whether one of them is dense. */
function union(ctx: Context, argv: readonly Bytes[]): { registers: Uint8Array; dense: boolean } | ErrorReply {
  const registers = new Uint8Array(REGISTERS);
  let dense = false;
  for (let i = 1; i < argv.length; i++) {
    const entry = ctx.read(keyAt(argv, i));
    if (entry === NONE) continue;
    const hll = hllOf(ctx, entry);
    if (isError(hll)) return hll;
    if (hll.dense) dense = true;
    if (!hll.mergeInto(registers)) return CORRUPTED;
    ctx.effort.elements += REGISTERS;
  }
  return { registers, dense };
}

function pfcount(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length > 2) {
    const merged = union(ctx, argv);
    if (isError(merged)) return merged;
    const histogram = new Array<number>(64).fill(0);
    for (const value of merged.registers) histogram[value]++;
    ctx.effort.elements += REGISTERS;
    return cardinality(histogram);
  }
  const key = keyAt(argv, 1);
  const entry = ctx.read(key);
  if (entry === NONE) return 0;
  const hll = hllOf(ctx, entry);
  if (isError(hll)) return hll;
  const kept = hll.keptCount;
  if (kept !== null) {
    store(ctx, entry, hll);
    return kept;
  }
  const count = hll.count();
  ctx.effort.elements += REGISTERS;
  if (count !== null) hll.keepCount(count);
  store(ctx, entry, hll);
  if (count === null) return CORRUPTED;
  // It only reads, yet the count is kept in the value: replicas get the call.
  ctx.engine.keyModified(ctx.db.index, key);
  ctx.dirty++;
  return count;
}

function pfmerge(ctx: Context, argv: readonly Bytes[]): Reply {
  const merged = union(ctx, argv);
  if (isError(merged)) return merged;
  const key = keyAt(argv, 1);
  const found = ctx.write(key);
  const hll = found === NONE ? newHll(ctx) : hllOf(ctx, found);
  if (isError(hll)) return hll;
  const entry = found === NONE ? ctx.add(key, STRING, hll.raw) : found;
  const sound = !merged.dense || hll.toDense();
  for (let i = 0; sound && i < REGISTERS; i++) if (merged.registers[i] > 0) hll.raise(i, merged.registers[i]);
  if (sound) hll.invalidate();
  store(ctx, entry, hll);
  if (!sound) return CORRUPTED;
  ctx.modified(key, "$", "pfadd");
  return OK;
}

/** Turns the key's HyperLogLog into the dense form: whether it was sparse. */
function densify(ctx: Context, key: string, entry: number, hll: Hyperloglog): boolean | ErrorReply {
  if (hll.dense) return false;
  if (!hll.toDense()) return CORRUPTED;
  store(ctx, entry, hll);
  ctx.engine.keyModified(ctx.db.index, key);
  ctx.dirty++;
  return true;
}

function pfdebug(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 2);
  const entry = ctx.write(key);
  if (entry === NONE) return NO_SUCH_HLL;
  const hll = hllOf(ctx, entry);
  if (isError(hll)) return hll;
  store(ctx, entry, hll);
  const word = textAt(argv, 1);
  switch (word.toLowerCase()) {
    case "getreg": {
      const converted = densify(ctx, key, entry, hll);
      if (isError(converted)) return converted;
      const registers = new Uint8Array(REGISTERS);
      hll.mergeInto(registers);
      return [...registers];
    }
    case "decode":
      return hll.dense ? NOT_SPARSE : hll.describe();
    case "encoding":
      return new Status(hll.dense ? "dense" : "sparse");
    case "todense": {
      const converted = densify(ctx, key, entry, hll);
      return isError(converted) ? converted : converted ? 1 : 0;
    }
    default:
      return new ErrorReply(`ERR Unknown PFDEBUG subcommand '${word}'`);
  }
}

/** Elements that the self-test adds at most; the server takes ten times as many. */
const SELF_TEST_ELEMENTS = 1_000_000;

/** Adds many elements to a sparse and to a dense one: both must agree and estimate well. */
function pfselftest(ctx: Context): Reply {
  const [sparse, dense] = [newHll(ctx), newHll(ctx)];
  dense.toDense();
  const salt = ctx.engine.random.uint32().toString(36);
  let checkpoint = 1;
  for (let n = 1; n <= SELF_TEST_ELEMENTS; n++) {
    const place = placeOf(`${salt}:${n}`);
    for (const hll of [sparse, dense]) hll.raise(place & (REGISTERS - 1), place >> INDEX_BITS);
    if (n !== checkpoint) continue;
    const count = dense.count()!;
    const allowed = n === 10 ? 1 : Math.ceil((1.04 / Math.sqrt(REGISTERS)) * 6 * n);
    if (sparse.count() !== count || Math.abs(count - n) > allowed) return TEST_FAILED;
    checkpoint *= 10;
  }
  ctx.effort.elements += 2 * SELF_TEST_ELEMENTS;
  return OK;
}

export const HYPERLOGLOG_COMMANDS: readonly CommandSpec[] = [
  {
    name: "pfadd",
    arity: -2,
    flags: WRITE | DENYOOM | FAST,
    keys: ONE_KEY,
    group: "hyperloglog",
    since: "2.8.9",
    complexity: "O(1) per element",
    summary: "Shows elements to a HyperLogLog; 1 when its estimate may have changed.",
    run: pfadd,
  },
  {
    name: "pfcount",
    arity: -2,
    flags: READONLY | MAY_REPLICATE,
    keys: ALL_KEYS,
    group: "hyperloglog",
    since: "2.8.9",
    complexity: "O(1) for one key, O(N) for N",
    summary: "How many different elements one HyperLogLog or the union of several has seen.",
    run: pfcount,
  },
  {
    name: "pfmerge",
    arity: -2,
    flags: WRITE | DENYOOM,
    keys: ALL_KEYS,
    group: "hyperloglog",
    since: "2.8.9",
    complexity: "O(N) in keys",
    summary: "Makes a HyperLogLog the union of itself and others.",
    cost: "pfcount",
    run: pfmerge,
  },
  {
    name: "pfdebug",
    arity: 3,
    flags: WRITE | DENYOOM | ADMIN,
    keys: { first: 2, last: 2, step: 1 },
    group: "hyperloglog",
    since: "2.8.9",
    complexity: "O(N) in registers",
    summary: "Looks into a HyperLogLog: GETREG, DECODE, ENCODING, TODENSE.",
    cost: "pfcount",
    run: pfdebug,
  },
  {
    name: "pfselftest",
    arity: 1,
    flags: ADMIN,
    group: "hyperloglog",
    since: "2.8.9",
    complexity: "constant, and long",
    summary: "Tests the estimates.",
    cost: "pfadd",
    run: pfselftest,
  },
];
