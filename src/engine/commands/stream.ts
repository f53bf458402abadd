// Streams: XADD, XLEN, XRANGE, XREVRANGE, XDEL, XTRIM, XSETID. Reading new entries is in stream-read.ts, groups are in
// stream-group.ts and stream-claim.ts, XINFO is in stream-info.ts.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { textOf } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { NO_SUCH_KEY, wrongArity } from "../errors.ts";
import { STREAM } from "../keyspace.ts";
import { ErrorReply, NULL_ARRAY, OK, type Reply } from "../reply.ts";
import type { Stream } from "../values/stream.ts";
import {
  compareIds,
  formatId,
  type Integer,
  idAfter,
  isZero,
  MAX_ID,
  MIN_ID,
  type StreamId,
} from "../values/stream-id.ts";
import {
  endAt,
  entryReply,
  exactIntegerAt,
  idAt,
  idsFrom,
  newStream,
  startAt,
  streamOf,
  timeOf,
} from "./stream-arguments.ts";
import { exactTrim, parseTrimOptions, type TrimOptions } from "./stream-trim.ts";

const ID_ZERO = new ErrorReply("ERR The ID specified in XADD must be greater than 0-0");
const ID_TOO_SMALL = new ErrorReply("ERR The ID specified in XADD is equal or smaller than the target stream top item");
const EXHAUSTED = new ErrorReply("ERR The stream has exhausted the last possible ID, unable to add more items");
const TOO_LARGE = new ErrorReply("ERR Elements are too large to be stored");

const LARGEST_ENTRY = 1_073_741_824;

/** The id that a new entry gets, or null when it would not be above the last one. */
function nextId(ctx: Context, stream: Stream, { id, autoSeq }: TrimOptions): StreamId | null {
  const { lastId } = stream;
  if (id === null) {
    const ms = timeOf(ctx);
    return ms > lastId.ms ? { ms, seq: 0 } : idAfter(lastId);
  }
  if (autoSeq && id.ms === lastId.ms) return lastId.seq === MAX_ID.seq ? null : idAfter(lastId);
  return compareIds(id, lastId) > 0 ? id : null;
}

function xadd(ctx: Context, argv: readonly Bytes[]): Reply {
  const options = parseTrimOptions(ctx, argv, true);
  if (isError(options)) return options;
  const { id: given, autoSeq, idPosition, trim } = options;
  const first = idPosition + 1;
  const words = argv.length - first;
  if (words < 2 || words % 2 === 1) return wrongArity("xadd");
  if (given !== null && !autoSeq && isZero(given)) return ID_ZERO;

  const key = keyAt(argv, 1);
  let entry = ctx.write(key);
  let stream = streamOf(ctx, entry);
  if (isError(stream)) return stream;
  const isNew = stream === null;
  if (stream === null) {
    if (options.noMakeStream) return null;
    stream = newStream(ctx);
    entry = ctx.add(key, STREAM, stream);
  }
  if (compareIds(stream.lastId, MAX_ID) === 0) return EXHAUSTED;
  const id = nextId(ctx, stream, options);
  if (id === null) return ID_TOO_SMALL;

  const fields: Bytes[] = [];
  const values: Bytes[] = [];
  let bytes = 0;
  for (let i = first; i < argv.length; i += 2) {
    fields.push(textOf(argv[i]));
    values.push(argv[i + 1]);
    bytes += argv[i].length + argv[i + 1].length;
  }
  if (bytes > LARGEST_ENTRY) return TOO_LARGE;
  stream.append(id, fields, values, ctx.engine.settings);
  ctx.modified(key, "t", "xadd");
  const trimmed = trim === null ? 0 : stream.trim(trim);
  if (trimmed > 0) ctx.engine.notifyKeyspace("t", "xtrim", key, ctx.db.index);
  ctx.effort.elements += 1 + trimmed;
  ctx.db.changed(entry);
  const reply = formatId(id);
  if (given === null || autoSeq || trim?.approximate === true) {
    const call = [...argv];
    call[idPosition] = reply;
    exactTrim(call, stream, options);
    ctx.propagateInstead(...call);
  }
  if (!isNew) ctx.signalReady(key);
  return reply;
}

function xlen(ctx: Context, argv: readonly Bytes[]): Reply {
  const stream = streamOf(ctx, ctx.read(keyAt(argv, 1)));
  return isError(stream) ? stream : (stream?.length ?? 0);
}

function range(ctx: Context, argv: readonly Bytes[], reverse: boolean): Reply {
  const start = startAt(argv, reverse ? 3 : 2);
  if (isError(start)) return start;
  const end = endAt(argv, reverse ? 2 : 3);
  if (isError(end)) return end;
  let count: number | null = null;
  for (let i = 4; i < argv.length; i += 2) {
    if (wordAt(argv, i) !== "COUNT" || i + 1 >= argv.length) return SYNTAX;
    const given = integerAt(argv, i + 1);
    if (isError(given)) return given;
    count = Math.max(0, given);
  }
  const stream = streamOf(ctx, ctx.read(keyAt(argv, 1)));
  if (isError(stream)) return stream;
  if (stream === null) return [];
  if (count === 0) return NULL_ARRAY;
  const entries = stream.range(start, end, count ?? 0, reverse);
  ctx.effort.elements += entries.length;
  return entries.map(entryReply);
}

function xdel(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  const stream = streamOf(ctx, entry);
  if (stream === null || isError(stream)) return stream ?? 0;
  const ids = idsFrom(argv, 2);
  if (isError(ids)) return ids;
  ctx.effort.elements += ids.length;
  let deleted = 0;
  let first = false;
  for (const id of ids) {
    if (!stream.delete(id)) continue;
    if (compareIds(id, stream.firstId) === 0) first = true;
    if (compareIds(id, stream.maxDeletedId) > 0) stream.maxDeletedId = id;
    deleted++;
  }
  if (deleted === 0) return 0;
  if (first || stream.length === 0) stream.findFirst();
  ctx.db.changed(entry);
  ctx.modified(key, "t", "xdel");
  ctx.dirty += deleted - 1;
  return deleted;
}

function xtrim(ctx: Context, argv: readonly Bytes[]): Reply {
  const options = parseTrimOptions(ctx, argv, false);
  if (isError(options)) return options;
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  const stream = streamOf(ctx, entry);
  if (stream === null || isError(stream)) return stream ?? 0;
  const deleted = stream.trim(options.trim!);
  if (deleted === 0) return 0;
  ctx.effort.elements += deleted;
  ctx.db.changed(entry);
  ctx.modified(key, "t", "xtrim");
  ctx.dirty += deleted - 1;
  if (options.trim!.approximate) {
    const call = [...argv];
    exactTrim(call, stream, options);
    ctx.propagateInstead(...call);
  }
  return deleted;
}

// ---------------------------------------------------------------------------------------------------------------------

const NEGATIVE_ADDED = new ErrorReply("ERR entries_added must be positive");
const BELOW_GIVEN_DELETED = new ErrorReply(
  "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
);
const BELOW_DELETED = new ErrorReply("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
const BELOW_TOP = new ErrorReply("ERR The ID specified in XSETID is smaller than the target stream top item");
const BELOW_LENGTH = new ErrorReply(
  "ERR The entries_added specified in XSETID is smaller than the target stream length",
);

function xsetid(ctx: Context, argv: readonly Bytes[]): Reply {
  const id = idAt(argv, 2);
  if (isError(id)) return id;
  let added: Integer | null = null;
  let deletedId: StreamId = MIN_ID;
  for (let i = 3; i < argv.length; i += 2) {
    const word = i + 1 < argv.length ? wordAt(argv, i) : "";
    if (word === "ENTRIESADDED") {
      const given = exactIntegerAt(argv, i + 1);
      if (isError(given)) return given;
      if (given < 0) return NEGATIVE_ADDED;
      added = given;
    } else if (word === "MAXDELETEDID") {
      const given = idAt(argv, i + 1);
      if (isError(given)) return given;
      if (compareIds(id, given) < 0) return BELOW_GIVEN_DELETED;
      deletedId = given;
    } else {
      return SYNTAX;
    }
  }
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry === NONE) return NO_SUCH_KEY;
  const stream = streamOf(ctx, entry) as Stream | ErrorReply;
  if (isError(stream)) return stream;
  if (ctx.engine.profile.streamsSince72 && compareIds(id, stream.maxDeletedId) < 0) return BELOW_DELETED;
  if (stream.length > 0) {
    if (compareIds(id, stream.lastLiveId) < 0) return BELOW_TOP;
    if (added !== null && stream.length > added) return BELOW_LENGTH;
  }
  stream.lastId = id;
  if (added !== null) stream.entriesAdded = added;
  if (!isZero(deletedId)) stream.maxDeletedId = deletedId;
  ctx.db.changed(entry);
  ctx.dirty++;
  ctx.engine.notifyKeyspace("t", "xsetid", key, ctx.db.index);
  return OK;
}

const shape = { keys: ONE_KEY, group: "stream", since: "5.0.0" } as const;

export const STREAM_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "xadd",
    arity: -5,
    flags: WRITE | DENYOOM | FAST,
    complexity: "O(1), and O(N) in entries trimmed",
    summary: "Adds an entry to a stream, and trims it if asked to.",
    run: xadd,
  },
  {
    ...shape,
    name: "xlen",
    arity: 2,
    flags: READONLY | FAST,
    complexity: "O(1)",
    summary: "How many entries a stream has.",
    cost: "get",
    run: xlen,
  },
  {
    ...shape,
    name: "xrange",
    arity: -4,
    flags: READONLY,
    complexity: "O(N) in entries returned",
    summary: "Entries from one id to another.",
    run: (ctx, argv) => range(ctx, argv, false),
  },
  {
    ...shape,
    name: "xrevrange",
    arity: -4,
    flags: READONLY,
    complexity: "O(N) in entries returned",
    summary: "Entries from one id back to another.",
    cost: "xrange",
    run: (ctx, argv) => range(ctx, argv, true),
  },
  {
    ...shape,
    name: "xdel",
    arity: -3,
    flags: WRITE | FAST,
    complexity: "O(N) in ids",
    summary: "Deletes entries by their ids.",
    run: xdel,
  },
  {
    ...shape,
    name: "xtrim",
    arity: -4,
    flags: WRITE,
    complexity: "O(N) in entries removed",
    summary: "Takes entries off the front of a stream.",
    run: xtrim,
  },
  {
    ...shape,
    name: "xsetid",
    arity: -3,
    flags: WRITE | DENYOOM | FAST,
    complexity: "O(1)",
    summary: "Sets the last id of a stream, and its counters (for replication).",
    cost: "set",
    run: xsetid,
  },
];
