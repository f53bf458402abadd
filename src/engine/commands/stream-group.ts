// Consumer groups: XGROUP, XACK, XPENDING. Taking over what others have not acknowledged is in stream-claim.ts.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { STREAM } from "../keyspace.ts";
import { ErrorReply, NULL_ARRAY, OK, type Reply } from "../reply.ts";
import type { Stream } from "../values/stream.ts";
import { type Consumer, type StreamGroup, UNKNOWN_READ } from "../values/stream-group.ts";
import { compareIds, formatId, type Integer, idKey, MIN_ID, type StreamId } from "../values/stream-id.ts";
import {
  consumerOf,
  countAt,
  endAt,
  exactIntegerAt,
  idAt,
  idsFrom,
  newStream,
  shownName,
  startAt,
  streamOf,
  subcommandSyntax,
  timeOf,
} from "./stream-arguments.ts";

const KEY_MISSING = new ErrorReply(
  "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
);
const BUSY_GROUP = new ErrorReply("BUSYGROUP Consumer Group name already exists");
const READ_NEGATIVE = new ErrorReply("ERR value for ENTRIESREAD must be positive or -1");

export function noGroupForKey(key: string, group: string): ErrorReply {
  return new ErrorReply(`NOGROUP No such consumer group '${shownName(group)}' for key name '${shownName(key)}'`);
}

export function noKeyOrGroup(key: string, group: string): ErrorReply {
  return new ErrorReply(`NOGROUP No such key '${shownName(key)}' or consumer group '${shownName(group)}'`);
}

interface GroupOptions {
  readonly makeStream: boolean;
  readonly entriesRead: Integer;
}

/** What follows the id in CREATE and SETID. */
function parseOptions(argv: readonly Bytes[], creates: boolean): GroupOptions | ErrorReply {
  let makeStream = false;
  let entriesRead: Integer = UNKNOWN_READ;
  for (let i = 5; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (creates && word === "MKSTREAM") {
      makeStream = true;
    } else if (word === "ENTRIESREAD" && i + 1 < argv.length) {
      const given = exactIntegerAt(argv, ++i);
      if (isError(given)) return given;
      if (given < 0 && given !== UNKNOWN_READ) return READ_NEGATIVE;
      entriesRead = given;
    } else {
      return subcommandSyntax(argv);
    }
  }
  return { makeStream, entriesRead };
}

/** Notes a change of a group; the key itself counts as unchanged. */
function groupChanged(ctx: Context, key: string, entry: number, event: string): void {
  ctx.db.changed(entry);
  ctx.dirty++;
  ctx.engine.notifyKeyspace("t", event, key, ctx.db.index);
}

function create(ctx: Context, argv: readonly Bytes[]): Reply {
  const options = parseOptions(argv, true);
  if (isError(options)) return options;
  const key = keyAt(argv, 2);
  let entry = ctx.write(key);
  let stream = streamOf(ctx, entry);
  if (isError(stream)) return stream;
  if (stream === null && !options.makeStream) return KEY_MISSING;
  if (argv.length > 8) return subcommandSyntax(argv);
  const id = textAt(argv, 4) === "$" ? (stream?.lastId ?? MIN_ID) : idAt(argv, 4);
  if (isError(id)) return id;
  if (stream === null) {
    stream = newStream(ctx);
    entry = ctx.add(key, STREAM, stream);
    ctx.engine.keyModified(ctx.db.index, key);
  }
  if (stream.createGroup(textAt(argv, 3), id, options.entriesRead) === null) return BUSY_GROUP;
  groupChanged(ctx, key, entry, "xgroup-create");
  return OK;
}

interface Found {
  readonly key: string;
  readonly entry: number;
  readonly stream: Stream;
  readonly group: StreamGroup;
}

/** The group that a subcommand is about, or the error to answer. */
function existing(ctx: Context, argv: readonly Bytes[]): Found | ErrorReply {
  const key = keyAt(argv, 2);
  const entry = ctx.write(key);
  const stream = streamOf(ctx, entry);
  if (isError(stream)) return stream;
  if (stream === null) return KEY_MISSING;
  const name = textAt(argv, 3);
  const group = stream.group(name);
  return group === undefined ? noGroupForKey(key, name) : { key, entry, stream, group };
}

function setId(ctx: Context, argv: readonly Bytes[]): Reply {
  const options = parseOptions(argv, false);
  if (isError(options)) return options;
  const found = existing(ctx, argv);
  if (isError(found)) return found;
  if (argv.length !== 5 && argv.length !== 7) return subcommandSyntax(argv);
  const { group, stream } = found;
  const id = textAt(argv, 4) === "$" ? stream.lastId : idAt(argv, 4, { allowEnds: true });
  if (isError(id)) return id;
  group.lastId = id;
  group.entriesRead = options.entriesRead;
  groupChanged(ctx, found.key, found.entry, "xgroup-setid");
  return OK;
}

function destroy(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 2);
  const entry = ctx.write(key);
  const stream = streamOf(ctx, entry);
  if (isError(stream)) return stream;
  if (stream === null) return KEY_MISSING;
  const group = stream.group(textAt(argv, 3));
  if (group === undefined) return 0;
  ctx.effort.freedElements += group.pending.size;
  stream.destroyGroup(group);
  groupChanged(ctx, key, entry, "xgroup-destroy");
  // Whoever waits for this group learns that it is gone.
  ctx.signalReady(key);
  return 1;
}

function createConsumer(ctx: Context, argv: readonly Bytes[]): Reply {
  const found = existing(ctx, argv);
  if (isError(found)) return found;
  const { isNew } = consumerOf(ctx, found.key, found.group, textAt(argv, 4));
  if (isNew) ctx.db.changed(found.entry);
  return isNew ? 1 : 0;
}

function deleteConsumer(ctx: Context, argv: readonly Bytes[]): Reply {
  const found = existing(ctx, argv);
  if (isError(found)) return found;
  const consumer = found.group.consumers.get(textAt(argv, 4));
  if (consumer === undefined) return 0;
  const pending = consumer.pending.size;
  ctx.effort.elements += pending;
  found.group.removeConsumer(consumer);
  groupChanged(ctx, found.key, found.entry, "xgroup-delconsumer");
  return pending;
}

// ---------------------------------------------------------------------------------------------------------------------

function xack(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  const stream = streamOf(ctx, entry);
  if (isError(stream)) return stream;
  const group = stream?.group(textAt(argv, 2));
  if (group === undefined) return 0;
  const ids = idsFrom(argv, 3);
  if (isError(ids)) return ids;
  ctx.effort.elements += ids.length;
  let acknowledged = 0;
  for (const id of ids) if (group.settle(idKey(id))) acknowledged++;
  ctx.dirty += acknowledged;
  if (acknowledged > 0) ctx.db.changed(entry);
  return acknowledged;
}

interface PendingRange {
  readonly minIdleMs: number;
  readonly start: StreamId;
  readonly end: StreamId;
  readonly count: number;
  readonly consumer: string | null;
}

function parsePendingRange(argv: readonly Bytes[]): PendingRange | ErrorReply {
  let minIdleMs = 0;
  let at = 3;
  if (wordAt(argv, 3) === "IDLE") {
    const idle = integerAt(argv, 4);
    if (isError(idle)) return idle;
    if (argv.length < 8) return SYNTAX;
    minIdleMs = idle;
    at = 5;
  }
  const count = countAt(argv, at + 2);
  if (isError(count)) return count;
  const start = startAt(argv, at);
  if (isError(start)) return start;
  const end = endAt(argv, at + 1);
  if (isError(end)) return end;
  return { minIdleMs, start, end, count, consumer: at + 3 < argv.length ? textAt(argv, at + 3) : null };
}

function xpending(ctx: Context, argv: readonly Bytes[]): Reply {
  if (argv.length !== 3 && (argv.length < 6 || argv.length > 9)) return SYNTAX;
  const asked = argv.length === 3 ? null : parsePendingRange(argv);
  if (isError(asked)) return asked;
  const key = keyAt(argv, 1);
  const stream = streamOf(ctx, ctx.read(key));
  if (isError(stream)) return stream;
  const name = textAt(argv, 2);
  const group = stream?.group(name);
  if (group === undefined) return noKeyOrGroup(key, name);
  return asked === null ? pendingSummary(ctx, group) : pendingList(ctx, group, asked);
}

function pendingSummary(ctx: Context, { pending, consumers }: StreamGroup): Reply {
  if (pending.size === 0) return [0, null, null, NULL_ARRAY];
  const counts: Reply[] = [];
  for (const consumer of consumers.values()) {
    if (consumer.pending.size > 0) counts.push([consumer.name, String(consumer.pending.size)]);
  }
  ctx.effort.elements += consumers.size;
  return [pending.size, formatId(pending.first()!.value.id), formatId(pending.last()!.value.id), counts];
}

function pendingList(ctx: Context, group: StreamGroup, asked: PendingRange): Reply {
  const { start, end, count, minIdleMs } = asked;
  let consumer: Consumer | null = null;
  if (asked.consumer !== null) {
    consumer = group.consumers.get(asked.consumer) ?? null;
    if (consumer === null) return [];
  }
  const pending = consumer?.pending ?? group.pending;
  const nowMs = timeOf(ctx);
  const replies: Reply[] = [];
  if (count === 0) return replies;
  for (let at = group.pendingFrom(start, consumer); at !== null; at = pending.after(at)) {
    const { id, consumer: owner, deliveredMs, deliveries } = at.value;
    if (compareIds(id, end) > 0) break;
    ctx.effort.elements++;
    const idleMs = nowMs - deliveredMs;
    if (minIdleMs !== 0 && idleMs < minIdleMs) continue;
    replies.push([formatId(id), owner!.name, Math.max(0, idleMs), deliveries]);
    if (replies.length === count) break;
  }
  return replies;
}

// ---------------------------------------------------------------------------------------------------------------------

const shape = { keys: ONE_KEY, group: "stream", since: "5.0.0" } as const;
const subcommand = { keys: { first: 2, last: 2, step: 1 }, group: "stream", since: "5.0.0", cost: "xack" } as const;

const XGROUP_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...subcommand,
    name: "create",
    arity: -5,
    flags: WRITE | DENYOOM,
    complexity: "O(1)",
    summary: "Makes a group that begins after an id; MKSTREAM makes the stream too.",
    run: create,
  },
  {
    ...subcommand,
    name: "setid",
    arity: -5,
    flags: WRITE,
    complexity: "O(1)",
    summary: "Sets the id after which a group goes on.",
    run: setId,
  },
  {
    ...subcommand,
    name: "destroy",
    arity: 4,
    flags: WRITE,
    complexity: "O(N) in pending entries",
    summary: "Removes a group.",
    run: destroy,
  },
  {
    ...subcommand,
    name: "createconsumer",
    arity: 5,
    flags: WRITE | DENYOOM,
    since: "6.2.0",
    complexity: "O(1)",
    summary: "Makes a consumer; reading and claiming do so by themselves.",
    run: createConsumer,
  },
  {
    ...subcommand,
    name: "delconsumer",
    arity: 5,
    flags: WRITE,
    complexity: "O(N) in its pending entries",
    summary: "Removes a consumer with what it has not acknowledged.",
    run: deleteConsumer,
  },
];

export const STREAM_GROUP_COMMANDS: readonly CommandSpec[] = [
  {
    name: "xgroup",
    arity: -2,
    flags: 0,
    group: "stream",
    since: "5.0.0",
    complexity: "depends on the subcommand",
    summary: "Groups of a stream and their consumers.",
    cost: "xack",
    subcommands: XGROUP_SUBCOMMANDS,
    run: () => SYNTAX,
  },
  {
    ...shape,
    name: "xack",
    arity: -4,
    flags: WRITE | FAST,
    complexity: "O(N) in ids",
    summary: "Acknowledges entries: they are no longer pending.",
    run: xack,
  },
  {
    ...shape,
    name: "xpending",
    arity: -3,
    flags: READONLY,
    complexity: "O(N) in entries returned; O(M) in consumers for the summary",
    summary: "What was delivered and not acknowledged.",
    cost: "xrange",
    run: xpending,
  },
];
