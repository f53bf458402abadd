// XCLAIM and XAUTOCLAIM: a consumer takes over entries that another one has not acknowledged in time.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, FAST, ONE_KEY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { parseInteger } from "../numbers.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import type { Stream } from "../values/stream.ts";
import type { Consumer, Pending, StreamGroup } from "../values/stream-group.ts";
import {
  addIntegers64,
  compareIds,
  formatId,
  type Integer,
  idKey,
  MIN_ID,
  parseId,
  type StreamId,
} from "../values/stream-id.ts";
import type { StreamEntry } from "../values/stream-node.ts";
import {
  consumerOf,
  entryReply,
  idAt,
  namedIntegerAt,
  shownName,
  startAt,
  streamOf,
  timeOf,
} from "./stream-arguments.ts";
import { noKeyOrGroup } from "./stream-group.ts";
import { propagateClaim, propagateGroupId } from "./stream-read.ts";

/** The claim under way. */
interface Claim {
  readonly ctx: Context;
  readonly key: string;
  readonly stream: Stream;
  readonly group: StreamGroup;
  /** The claiming consumer; it is made when it is first asked for. */
  readonly name: string;
  consumer: Consumer | null;
  readonly nowMs: number;
  readonly justId: boolean;
}

function beginClaim(
  ctx: Context,
  argv: readonly Bytes[],
  stream: Stream,
  group: StreamGroup,
  nowMs: number,
  justId: boolean,
): Claim {
  const claim: Claim = {
    ...{ ctx, key: keyAt(argv, 1), stream, group },
    ...{ name: textAt(argv, 3), consumer: null, nowMs, justId },
  };
  if (ctx.engine.profile.streamsSince72) claimantOf(claim);
  return claim;
}

function claimantOf(claim: Claim): Consumer {
  if (claim.consumer !== null) return claim.consumer;
  const { consumer } = consumerOf(claim.ctx, claim.key, claim.group, claim.name);
  consumer.seenMs = claim.nowMs;
  claim.consumer = consumer;
  return consumer;
}

function claimReply({ justId }: Claim, entry: StreamEntry): Reply {
  return justId ? formatId(entry) : entryReply(entry);
}

/** A pending entry that is no longer in the stream is forgotten; replicas forget it by the same claim. */
function forget({ ctx, key, group }: Claim, pending: Pending): void {
  propagateClaim(ctx, key, group, pending);
  group.settle(idKey(pending.id));
  ctx.dirty++;
}

function take(claim: Claim, pending: Pending, deliveredMs: number): void {
  const { ctx, key, group, nowMs } = claim;
  const consumer = claimantOf(claim);
  pending.deliveredMs = deliveredMs;
  group.hand(pending, idKey(pending.id), consumer);
  consumer.activeMs = nowMs;
  propagateClaim(ctx, key, group, pending);
  ctx.dirty++;
}

// ---------------------------------------------------------------------------------------------------------------------

interface ClaimOptions {
  readonly deliveredMs: number;
  /** Null: one more than before. */
  readonly deliveries: Integer | null;
  readonly force: boolean;
  readonly justId: boolean;
  readonly lastId: StreamId;
}

const NUMBERS: ReadonlySet<string> = new Set(["IDLE", "TIME", "RETRYCOUNT"]);

function parseClaimOptions(argv: readonly Bytes[], from: number, nowMs: number): ClaimOptions | ErrorReply {
  let deliveredMs = nowMs;
  let deliveries: Integer | null = null;
  let force = false;
  let justId = false;
  let lastId = MIN_ID;
  for (let i = from; i < argv.length; i++) {
    const word = wordAt(argv, i);
    const more = argv.length - 1 - i;
    if (word === "FORCE") {
      force = true;
    } else if (word === "JUSTID") {
      justId = true;
    } else if (NUMBERS.has(word) && more > 0) {
      const value = parseInteger(textAt(argv, ++i));
      if (value === null) return new ErrorReply(`ERR Invalid ${word} option argument for XCLAIM`);
      if (word === "RETRYCOUNT") deliveries = value < 0 ? null : value;
      else deliveredMs = word === "IDLE" ? nowMs - Number(value) : Number(value);
    } else if (word === "LASTID" && more > 0) {
      const id = idAt(argv, ++i);
      if (isError(id)) return id;
      lastId = id;
    } else {
      return new ErrorReply(`ERR Unrecognized XCLAIM option '${shownName(textAt(argv, i))}'`);
    }
  }
  if (deliveredMs < 0 || deliveredMs > nowMs) deliveredMs = nowMs;
  return { deliveredMs, deliveries, force, justId, lastId };
}

function xclaim(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.read(key);
  const stream = streamOf(ctx, entry);
  if (isError(stream)) return stream;
  const group = stream?.group(textAt(argv, 2));
  if (stream === null || group === undefined) return noKeyOrGroup(key, textAt(argv, 2));
  const minIdleMs = namedIntegerAt(argv, 4, "Invalid min-idle-time argument for XCLAIM");
  if (isError(minIdleMs)) return minIdleMs;
  // Ids come first: what is none begins the options.
  const ids: StreamId[] = [];
  for (let i = 5; i < argv.length; i++) {
    const id = parseId(textAt(argv, i));
    if (id === null) break;
    ids.push(id);
  }
  const nowMs = timeOf(ctx);
  const options = parseClaimOptions(argv, 5 + ids.length, nowMs);
  if (isError(options)) return options;

  ctx.propagateNothing();
  let tellsLastId = false;
  if (compareIds(options.lastId, group.lastId) > 0) {
    group.lastId = options.lastId;
    tellsLastId = true;
  }
  const claim = beginClaim(ctx, argv, stream, group, nowMs, options.justId);
  const replies: Reply[] = [];
  const before = ctx.dirty;
  for (const id of ids) {
    const reply = claimOne(claim, id, options, minIdleMs);
    if (reply !== null) replies.push(reply);
  }
  ctx.effort.elements += ids.length;
  // Every claim tells replicas the last id too.
  if (tellsLastId && ctx.dirty === before) {
    propagateGroupId(ctx, key, group);
    ctx.dirty++;
  }
  ctx.db.changed(entry);
  return replies;
}

/** Claims one entry; null when it stays where it is. */
function claimOne(claim: Claim, id: StreamId, options: ClaimOptions, minIdleMs: number): Reply | null {
  const { group, stream, nowMs } = claim;
  const key = idKey(id);
  let pending = group.pending.get(key);
  const entry = stream.find(id);
  if (entry === null) {
    if (pending !== undefined) forget(claim, pending);
    return null;
  }
  if (pending === undefined) {
    if (!options.force) return null;
    pending = group.addPending(key, id, null, nowMs);
  }
  if (pending.consumer !== null && minIdleMs > 0 && nowMs - pending.deliveredMs < minIdleMs) return null;
  if (options.deliveries !== null) pending.deliveries = options.deliveries;
  else if (!options.justId) pending.deliveries = addIntegers64(pending.deliveries, 1);
  take(claim, pending, options.deliveredMs);
  return claimReply(claim, entry);
}

// ---------------------------------------------------------------------------------------------------------------------

const COUNT_TOO_SMALL = new ErrorReply("ERR COUNT must be > 0");
const NO_MEMORY = new ErrorReply("ERR Insufficient memory, failed allocating transient memory, COUNT too high.");
const DEFAULT_COUNT = 100;
const LARGEST_COUNT = Number(9_223_372_036_854_775_807n / 16n);
/** The server makes room for so many ids at once; what is left of the address space ends it. */
const ALLOCATABLE_COUNT = 2 ** 43;
/** Pending entries that are looked at for one that is claimed. */
const ATTEMPTS = 10;

function xautoclaim(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.read(key);
  const minIdleMs = namedIntegerAt(argv, 4, "Invalid min-idle-time argument for XAUTOCLAIM");
  if (isError(minIdleMs)) return minIdleMs;
  const start = startAt(argv, 5);
  if (isError(start)) return start;
  let count = DEFAULT_COUNT;
  let justId = false;
  for (let i = 6; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "COUNT" && i + 1 < argv.length) {
      const given = integerAt(argv, ++i);
      if (isError(given) || given < 1 || given > LARGEST_COUNT) return COUNT_TOO_SMALL;
      count = given;
    } else if (word === "JUSTID") {
      justId = true;
    } else {
      return SYNTAX;
    }
  }
  const stream = streamOf(ctx, entry);
  if (isError(stream)) return stream;
  const group = stream?.group(textAt(argv, 2));
  if (stream === null || group === undefined) return noKeyOrGroup(key, textAt(argv, 2));
  if (count > ALLOCATABLE_COUNT) return NO_MEMORY;

  ctx.propagateNothing();
  const nowMs = timeOf(ctx);
  const claim = beginClaim(ctx, argv, stream, group, nowMs, justId);
  const claimed: Reply[] = [];
  const gone: Reply[] = [];
  let attempts = count * ATTEMPTS;
  let at = group.pendingFrom(start);
  while (at !== null && attempts > 0 && claimed.length + gone.length < count) {
    const pending = at.value;
    attempts--;
    ctx.effort.elements++;
    const found = stream.find(pending.id);
    if (found === null) {
      forget(claim, pending);
      gone.push(formatId(pending.id));
      at = group.pendingFrom(pending.id);
      continue;
    }
    at = group.pending.after(at);
    if (minIdleMs > 0 && nowMs - pending.deliveredMs < minIdleMs) continue;
    if (!justId) pending.deliveries = addIntegers64(pending.deliveries, 1);
    take(claim, pending, nowMs);
    claimed.push(claimReply(claim, found));
  }
  ctx.db.changed(entry);
  return [formatId(at === null ? MIN_ID : at.value.id), claimed, gone];
}

const shape = { keys: ONE_KEY, group: "stream", flags: WRITE | FAST } as const;

export const STREAM_CLAIM_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "xclaim",
    arity: -6,
    since: "5.0.0",
    complexity: "O(log N) in pending entries, per id",
    summary: "Makes pending entries those of another consumer.",
    run: xclaim,
  },
  {
    ...shape,
    name: "xautoclaim",
    arity: -6,
    since: "6.2.0",
    complexity: "O(N) in entries looked at",
    summary: "Takes over pending entries that have been idle for long, page by page.",
    cost: "xclaim",
    run: xautoclaim,
  },
];
