// XREAD and XREADGROUP: entries after an id, of several streams at once, waiting for them if asked to.

import { isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { BLOCKING, type CommandSpec, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { ErrorReply, MapReply, NULL_ARRAY, type Reply } from "../reply.ts";
import type { Stream } from "../values/stream.ts";
import type { Consumer, Pending, StreamGroup } from "../values/stream-group.ts";
import {
  addIntegers64,
  compareIds,
  formatId,
  idAfter,
  idBefore,
  idKey,
  MAX_ID,
  MIN_ID,
  type StreamId,
} from "../values/stream-id.ts";
import {
  consumerOf,
  countAt,
  entryReply,
  idAt,
  namedIntegerAt,
  shownName,
  streamOf,
  timeOf,
} from "./stream-arguments.ts";

interface ReadOptions {
  /** In ms; null: do not wait. */
  timeoutMs: number | null;
  count: number;
  noAck: boolean;
  group: string | null;
  consumer: string;
  /** Position of the first key. */
  first: number;
}

const GROUP_IN_XREAD = new ErrorReply(
  "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.",
);
const NOACK_IN_XREAD = new ErrorReply(
  "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.",
);
const GROUP_MISSING = new ErrorReply("ERR Missing GROUP option for XREADGROUP");
const NEW_IN_XREAD = new ErrorReply(
  "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.",
);
const FIRST_IS_ZERO = new ErrorReply("ERR the stream last element ID is 0-0");
const TIMEOUT_NEGATIVE = new ErrorReply("ERR timeout is negative");
const TIMEOUT_OUT_OF_RANGE = new ErrorReply("ERR timeout is out of range");
const LARGEST_TIME = 2 ** 63;

/** An id that makes no sense for a group. */
function meaningless(id: string): ErrorReply {
  return new ErrorReply(
    `ERR The ${id} ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The ${id} ID would just return an empty result set.`,
  );
}

function unbalanced(ctx: Context, grouped: boolean): ErrorReply {
  const { streamsSince72 } = ctx.engine.profile;
  const name = streamsSince72 ? `'${ctx.command.fullName}'` : "XREAD";
  const symbol = grouped && streamsSince72 ? ">" : "$";
  return new ErrorReply(
    `ERR Unbalanced ${name} list of streams: for each stream key an ID or '${symbol}' must be specified.`,
  );
}

function timeoutAt(ctx: Context, argv: readonly Bytes[], position: number): number | ErrorReply {
  const timeout = namedIntegerAt(argv, position, "timeout is not an integer or out of range");
  if (isError(timeout)) return timeout;
  if (timeout < 0) return TIMEOUT_NEGATIVE;
  return timeout > LARGEST_TIME - ctx.nowMs ? TIMEOUT_OUT_OF_RANGE : timeout;
}

function parseOptions(ctx: Context, argv: readonly Bytes[], grouped: boolean): ReadOptions | ErrorReply {
  const options: ReadOptions = { timeoutMs: null, count: 0, noAck: false, group: null, consumer: "", first: 0 };
  for (let i = 1; i < argv.length; i++) {
    const word = wordAt(argv, i);
    const more = argv.length - 1 - i;
    if (word === "BLOCK" && more > 0) {
      const timeout = timeoutAt(ctx, argv, ++i);
      if (isError(timeout)) return timeout;
      options.timeoutMs = timeout;
    } else if (word === "COUNT" && more > 0) {
      const count = countAt(argv, ++i);
      if (isError(count)) return count;
      options.count = count;
    } else if (word === "STREAMS" && more > 0) {
      if (more % 2 !== 0) return unbalanced(ctx, grouped);
      options.first = i + 1;
      break;
    } else if (word === "GROUP" && more > 1) {
      if (!grouped) return GROUP_IN_XREAD;
      options.group = textAt(argv, i + 1);
      options.consumer = textAt(argv, i + 2);
      i += 2;
    } else if (word === "NOACK") {
      if (!grouped) return NOACK_IN_XREAD;
      options.noAck = true;
    } else {
      return SYNTAX;
    }
  }
  if (options.first === 0) return SYNTAX;
  return grouped && options.group === null ? GROUP_MISSING : options;
}

function noGroup(key: string, group: string): ErrorReply {
  const [shownKey, shownGroup] = [shownName(key), shownName(group)];
  return new ErrorReply(
    `NOGROUP No such key '${shownKey}' or consumer group '${shownGroup}' in XREADGROUP with GROUP option`,
  );
}

/** What one stream of the call is asked for: entries after `after`; the largest id means new ones (">"). */
interface Asked {
  readonly key: string;
  readonly group: StreamGroup | null;
  readonly after: StreamId;
}

/** The id that a call means by "$", "+", ">" or an id as it stands. */
function idAsked(ctx: Context, argv: readonly Bytes[], position: number, stream: Stream | null, grouped: boolean) {
  const text = textAt(argv, position);
  if (text === "$") return grouped ? meaningless("$") : (stream?.lastId ?? MIN_ID);
  if (text === "+" && ctx.engine.profile.readsLastEntry) {
    if (grouped) return meaningless("+");
    return stream === null ? MIN_ID : (idBefore(stream.lastId) ?? FIRST_IS_ZERO);
  }
  if (text === ">") return grouped ? MAX_ID : NEW_IN_XREAD;
  return idAt(argv, position);
}

function parseStreams(ctx: Context, argv: readonly Bytes[], options: ReadOptions): Asked[] | ErrorReply {
  const { first, group: name } = options;
  const count = (argv.length - first) / 2;
  const asked: Asked[] = [];
  for (let i = first; i < first + count; i++) {
    const key = keyAt(argv, i);
    const stream = streamOf(ctx, ctx.read(key));
    if (isError(stream)) return stream;
    const group = name === null ? null : (stream?.group(name) ?? null);
    if (name !== null && group === null) return noGroup(key, name);
    const after = idAsked(ctx, argv, i + count, stream, name !== null);
    if (isError(after)) return after;
    asked.push({ key, group, after });
  }
  return asked;
}

// ---------------------------------------------------------------------------------------------------------------------

/** Replicas hear of a delivery as a claim, which leaves nothing to decide. */
export function propagateClaim(ctx: Context, key: string, group: StreamGroup, pending: Pending): void {
  if (!ctx.engine.propagation.listened) return;
  const { id, consumer } = pending;
  const options = ["0", formatId(id), "TIME", String(pending.deliveredMs), "RETRYCOUNT", String(pending.deliveries)];
  const lastId = formatId(group.lastId);
  ctx.propagateInstead("XCLAIM", key, group.name, consumer!.name, ...options, "FORCE", "JUSTID", "LASTID", lastId);
}

export function propagateGroupId(ctx: Context, key: string, group: StreamGroup): void {
  const read = String(group.entriesRead);
  ctx.propagateInstead("XGROUP", "SETID", key, group.name, formatId(group.lastId), "ENTRIESREAD", read);
}

/** New entries of a group for one consumer. */
function deliverNew(
  ctx: Context,
  key: string,
  stream: Stream,
  group: StreamGroup,
  consumer: Consumer,
  options: ReadOptions,
) {
  const start = idAfter(group.lastId) ?? MIN_ID;
  const entries = stream.range(start, MAX_ID, options.count);
  ctx.effort.elements += entries.length;
  const nowMs = timeOf(ctx);
  for (const entry of entries) {
    group.advance(entry);
    if (options.noAck) continue;
    const pending = group.deliver(entry, consumer, nowMs);
    consumer.activeMs = nowMs;
    propagateClaim(ctx, key, group, pending);
  }
  if (entries.length > 0) propagateGroupId(ctx, key, group);
  return entries.map(entryReply);
}

/** What the consumer got before and has not acknowledged, after an id. */
function deliverAgain(ctx: Context, stream: Stream, consumer: Consumer, after: StreamId, count: number): Reply[] {
  const replies: Reply[] = [];
  const nowMs = timeOf(ctx);
  const { pending } = consumer;
  const start = idAfter(after);
  let at = start === null ? null : pending.ceiling(idKey(start));
  for (; at !== null && (count === 0 || replies.length < count); at = pending.after(at)) {
    const one = at.value;
    const entry = stream.find(one.id);
    if (entry === null) {
      replies.push([formatId(one.id), NULL_ARRAY]);
      continue;
    }
    one.deliveredMs = nowMs;
    one.deliveries = addIntegers64(one.deliveries, 1);
    replies.push(entryReply(entry));
  }
  ctx.effort.elements += replies.length;
  return replies;
}

function serveGroup(ctx: Context, stream: Stream, asked: Asked, options: ReadOptions): Reply[] | null {
  const { key, after } = asked;
  const group = asked.group!;
  const isNews = compareIds(after, MAX_ID) === 0;
  const isEmpty = isNews && (stream.length === 0 || compareIds(stream.lastLiveId, group.lastId) <= 0);
  if (isEmpty && !ctx.engine.profile.streamsSince72) return null;
  const { consumer, isNew } = consumerOf(ctx, key, group, options.consumer);
  if (isNew && options.noAck) ctx.propagateInstead("XGROUP", "CREATECONSUMER", key, group.name, consumer.name);
  consumer.seenMs = timeOf(ctx);
  if (isEmpty) return null;
  ctx.dirty++;
  return isNews
    ? deliverNew(ctx, key, stream, group, consumer, options)
    : deliverAgain(ctx, stream, consumer, after, options.count);
}

function serve(ctx: Context, stream: Stream, asked: Asked, options: ReadOptions): Reply[] | null {
  if (asked.group !== null) return serveGroup(ctx, stream, asked, options);
  if (stream.length === 0 || compareIds(stream.lastLiveId, asked.after) <= 0) return null;
  const entries = stream.range(idAfter(asked.after)!, MAX_ID, options.count);
  ctx.effort.elements += entries.length;
  return entries.map(entryReply);
}

function read(ctx: Context, argv: readonly Bytes[], grouped: boolean): Reply {
  const options = parseOptions(ctx, argv, grouped);
  if (isError(options)) return options;
  const streams = parseStreams(ctx, argv, options);
  if (isError(streams)) return streams;
  // Replicas get what came of it, never the call.
  ctx.propagateNothing();
  const served: Reply[] = [];
  for (const asked of streams) {
    const entry = ctx.read(asked.key);
    const stream = streamOf(ctx, entry);
    if (stream === null || isError(stream)) continue;
    const entries = serve(ctx, stream, asked, options);
    if (asked.group !== null) ctx.db.changed(entry);
    if (entries !== null) served.push(asked.key, entries);
  }
  if (served.length > 0) return ctx.session.resp === 3 ? new MapReply(served) : pairs(served);
  if (options.timeoutMs === null || !ctx.mayBlock) return NULL_ARRAY;
  // "$" means the end of the stream as it is now, not as it will be when the call runs again.
  ctx.argv = argv.map((word, i) => {
    const index = i - options.first - streams.length;
    return index >= 0 && textAt(argv, i) === "$" ? formatId(streams[index].after) : word;
  });
  const keys = streams.map(({ key }) => key);
  return ctx.block({ keys, timeoutMs: options.timeoutMs, timeoutReply: NULL_ARRAY, unblockOnNoKey: grouped });
}

function pairs(items: readonly Reply[]): Reply[] {
  const list: Reply[] = [];
  for (let i = 0; i < items.length; i += 2) list.push([items[i], items[i + 1]]);
  return list;
}

export const STREAM_READ_COMMANDS: readonly CommandSpec[] = [
  {
    name: "xread",
    arity: -4,
    flags: BLOCKING | READONLY,
    group: "stream",
    since: "5.0.0",
    complexity: "O(N) in entries returned",
    summary: "Entries of streams after the ids given; waits for them if asked to.",
    cost: "xrange",
    run: (ctx, argv) => read(ctx, argv, false),
  },
  {
    name: "xreadgroup",
    arity: -7,
    flags: BLOCKING | WRITE,
    group: "stream",
    since: "5.0.0",
    complexity: "O(N) in entries returned",
    summary: "Entries for one consumer of a group: new ones, or those it has not acknowledged.",
    run: (ctx, argv) => read(ctx, argv, true),
  },
];
