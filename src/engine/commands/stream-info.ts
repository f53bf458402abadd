// XINFO: a stream, its groups and their consumers, described.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, READONLY } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NO_SUCH_KEY } from "../errors.ts";
import { type ErrorReply, MapReply, type Reply } from "../reply.ts";
import type { Stream } from "../values/stream.ts";
import { type Consumer, NEVER, type Pending, type StreamGroup, UNKNOWN_READ } from "../values/stream-group.ts";
import { formatId, MAX_ID, MIN_ID } from "../values/stream-id.ts";
import { entryReply, streamOf, subcommandSyntax, timeOf } from "./stream-arguments.ts";
import { noGroupForKey } from "./stream-group.ts";

const DEFAULT_COUNT = 10;

function lookUp(ctx: Context, argv: readonly Bytes[]): Stream | ErrorReply {
  return streamOf(ctx, ctx.read(keyAt(argv, 2))) ?? NO_SUCH_KEY;
}

/** How much FULL shows of each list (0: all), null without FULL. */
function fullCount(argv: readonly Bytes[]): number | null | ErrorReply {
  if (argv.length === 3) return null;
  if ((argv.length !== 4 && argv.length !== 6) || wordAt(argv, 3) !== "FULL") return subcommandSyntax(argv);
  if (argv.length === 4) return DEFAULT_COUNT;
  if (wordAt(argv, 4) !== "COUNT") return subcommandSyntax(argv);
  const count = integerAt(argv, 5);
  return isError(count) || count >= 0 ? count : DEFAULT_COUNT;
}

function infoStream(ctx: Context, argv: readonly Bytes[]): Reply {
  const stream = lookUp(ctx, argv);
  if (isError(stream)) return stream;
  const count = fullCount(argv);
  if (isError(count)) return count;
  const common: Reply[] = [
    ...["length", stream.length],
    ...["radix-tree-keys", stream.nodeCount],
    ...["radix-tree-nodes", stream.indexNodes],
    ...["last-generated-id", formatId(stream.lastId)],
    ...["max-deleted-entry-id", formatId(stream.maxDeletedId)],
    ...["entries-added", stream.entriesAdded],
    ...["recorded-first-entry-id", formatId(stream.firstId)],
  ];
  if (count === null) {
    const [first] = stream.range(MIN_ID, MAX_ID, 1);
    const [last] = stream.range(MIN_ID, MAX_ID, 1, true);
    return new MapReply([
      ...common,
      ...["groups", stream.groups?.size ?? 0],
      "first-entry",
      first === undefined ? null : entryReply(first),
      "last-entry",
      last === undefined ? null : entryReply(last),
    ]);
  }
  const entries = stream.range(MIN_ID, MAX_ID, count);
  ctx.effort.elements += entries.length;
  const groups = [...(stream.groups?.values() ?? [])].map(group => fullGroup(ctx, group, count));
  return new MapReply([...common, "entries", entries.map(entryReply), "groups", groups]);
}

/** The first pending entries, each as `row` shows it. */
function firstPending(pending: Iterable<Pending>, count: number, row: (one: Pending) => Reply[]): Reply[] {
  const rows: Reply[] = [];
  for (const one of pending) {
    if (count !== 0 && rows.length === count) break;
    rows.push(row(one));
  }
  return rows;
}

function progress(group: StreamGroup): Reply[] {
  const read = group.entriesRead === UNKNOWN_READ ? null : group.entriesRead;
  return ["last-delivered-id", formatId(group.lastId), "entries-read", read, "lag", group.lag];
}

function fullGroup(ctx: Context, group: StreamGroup, count: number): Reply {
  const rows = firstPending(group.pending.values(), count, ({ id, consumer, deliveredMs, deliveries }) => [
    ...[formatId(id), consumer!.name, deliveredMs, deliveries],
  ]);
  const consumers = [...group.consumers.values()].map(consumer => fullConsumer(ctx, consumer, count));
  const pending = ["pel-count", group.pending.size, "pending", rows];
  return new MapReply(["name", group.name, ...progress(group), ...pending, "consumers", consumers]);
}

function fullConsumer(ctx: Context, { name, seenMs, activeMs, pending }: Consumer, count: number): Reply {
  const rows = firstPending(pending.values(), count, ({ id, deliveredMs, deliveries }) => [
    ...[formatId(id), deliveredMs, deliveries],
  ]);
  const active: Reply[] = ctx.engine.profile.streamsSince72 ? ["active-time", activeMs] : [];
  return new MapReply(["name", name, "seen-time", seenMs, ...active, "pel-count", pending.size, "pending", rows]);
}

function infoGroups(ctx: Context, argv: readonly Bytes[]): Reply {
  const stream = lookUp(ctx, argv);
  if (isError(stream)) return stream;
  return [...(stream.groups?.values() ?? [])].map(
    group =>
      new MapReply([
        ...["name", group.name],
        ...["consumers", group.consumers.size],
        ...["pending", group.pending.size],
        ...progress(group),
      ]),
  );
}

function infoConsumers(ctx: Context, argv: readonly Bytes[]): Reply {
  const stream = lookUp(ctx, argv);
  if (isError(stream)) return stream;
  const group = stream.group(textAt(argv, 3));
  if (group === undefined) return noGroupForKey(keyAt(argv, 2), textAt(argv, 3));
  const nowMs = timeOf(ctx);
  return [...group.consumers.values()].map(({ name, pending, seenMs, activeMs }) => {
    const inactive = activeMs === NEVER ? NEVER : nowMs - activeMs;
    const known: Reply[] = ctx.engine.profile.streamsSince72 ? ["inactive", inactive] : [];
    return new MapReply(["name", name, "pending", pending.size, "idle", Math.max(0, nowMs - seenMs), ...known]);
  });
}

const subcommand = {
  flags: READONLY,
  keys: { first: 2, last: 2, step: 1 },
  group: "stream",
  since: "5.0.0",
  cost: "xrange",
} as const;

const XINFO_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...subcommand,
    name: "stream",
    arity: -3,
    complexity: "O(1); O(N) in what FULL shows",
    summary: "A stream's length, ids and ends; FULL adds entries, groups and consumers.",
    run: infoStream,
  },
  {
    ...subcommand,
    name: "groups",
    arity: 3,
    complexity: "O(N) in groups",
    summary: "The groups of a stream, how far they have come and how far behind they are.",
    run: infoGroups,
  },
  {
    ...subcommand,
    name: "consumers",
    arity: 4,
    complexity: "O(N) in consumers",
    summary: "The consumers of a group.",
    run: infoConsumers,
  },
];

export const STREAM_INFO_COMMANDS: readonly CommandSpec[] = [
  {
    name: "xinfo",
    arity: -2,
    flags: 0,
    group: "stream",
    since: "5.0.0",
    complexity: "depends on the subcommand",
    summary: "Looks into streams, groups and consumers.",
    cost: "xrange",
    subcommands: XINFO_SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
