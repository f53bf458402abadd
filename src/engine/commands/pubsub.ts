// SUBSCRIBE and its relatives, PUBLISH, PUBSUB.

import type { Bytes } from "../bytes.ts";
import { ALL_KEYS, type CommandSpec, FAST, LOADING, MAY_REPLICATE, NOSCRIPT, PUBSUB, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { globMatch } from "../glob.ts";
import type { ChannelKind } from "../pubsub.ts";
import { ErrorReply, MapReply, Push, type Reply, Several } from "../reply.ts";
import type { Session } from "../session.ts";
import { keySlot } from "../slots.ts";

interface Kind {
  readonly kind: ChannelKind;
  readonly on: string;
  readonly off: string;
}

const CHANNEL: Kind = { kind: "channels", on: "subscribe", off: "unsubscribe" };
const PATTERN: Kind = { kind: "patterns", on: "psubscribe", off: "punsubscribe" };
const SHARD: Kind = { kind: "shardChannels", on: "ssubscribe", off: "sunsubscribe" };

/** What the confirmation counts: shard channels apart from the rest. */
function countOf({ subscriptions }: Session, { kind }: Kind): number {
  if (subscriptions === null) return 0;
  return kind === "shardChannels"
    ? subscriptions.shardChannels.size
    : subscriptions.channels.size + subscriptions.patterns.size;
}

function subscribe(ctx: Context, argv: readonly Bytes[], of: Kind): Reply {
  const { session, engine } = ctx;
  if (!ctx.mayBlock && session.transaction === null) {
    return new ErrorReply(`ERR ${of.on.toUpperCase()} isn't allowed for a DENY BLOCKING client`);
  }
  const replies: Reply[] = [];
  for (let i = 1; i < argv.length; i++) {
    const name = textAt(argv, i);
    engine.pubsub.subscribe(session, of.kind, name);
    replies.push(new Push([of.on, name, countOf(session, of)]));
  }
  return new Several(replies);
}

function unsubscribe(ctx: Context, argv: readonly Bytes[], of: Kind): Reply {
  const { session, engine } = ctx;
  const names =
    argv.length > 1 ? argv.slice(1).map((_, i) => textAt(argv, i + 1)) : [...(session.subscriptions?.[of.kind] ?? [])];
  if (names.length === 0) return new Push([of.off, null, countOf(session, of)]);
  return new Several(
    names.map(name => {
      engine.pubsub.unsubscribe(session, of.kind, name);
      return new Push([of.off, name, countOf(session, of)]);
    }),
  );
}

function publish(ctx: Context, argv: readonly Bytes[]): Reply {
  const [channel, message] = [textAt(argv, 1), textAt(argv, 2)];
  const receivers = ctx.engine.pubsub.publish(channel, message);
  // In a cluster the bus carries it; without one the stream of changes does.
  if (ctx.engine.clusterBus !== null) ctx.engine.clusterBus.publish(channel, message, false);
  else ctx.dirty++;
  ctx.effort.elements += receivers;
  return receivers;
}

function spublish(ctx: Context, argv: readonly Bytes[]): Reply {
  const [channel, message] = [textAt(argv, 1), textAt(argv, 2)];
  const { clusterState, pubsub } = ctx.engine;
  const receivers = pubsub.publishShard(channel, message);
  if (clusterState !== null && receivers > 0) {
    const listeners = pubsub.shardChannels.get(channel) ?? [];
    clusterState.stats.countMessage(keySlot(channel), new Push(["smessage", channel, message]), listeners);
  }
  if (ctx.engine.clusterBus !== null) ctx.engine.clusterBus.publish(channel, message, true);
  else ctx.dirty++;
  ctx.effort.elements += receivers;
  return receivers;
}

function namesOf(table: ReadonlyMap<string, unknown>, argv: readonly Bytes[]): Reply {
  const names = [...table.keys()];
  if (argv.length === 2) return names;
  const pattern = textAt(argv, 2);
  return names.filter(name => globMatch(pattern, name));
}

function listeners(table: ReadonlyMap<string, ReadonlySet<Session>>, argv: readonly Bytes[]): Reply {
  const items: Reply[] = [];
  for (let i = 2; i < argv.length; i++) items.push(textAt(argv, i), table.get(textAt(argv, i))?.size ?? 0);
  return new MapReply(items);
}

const base = { group: "pubsub", complexity: "O(N) in channels", cost: "ping" } as const;
const flags = PUBSUB | NOSCRIPT | LOADING | STALE;
const asking = PUBSUB | LOADING | STALE;

const PUBSUB_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...base,
    name: "channels",
    arity: -2,
    flags: asking,
    since: "2.8.0",
    summary: "Channels with listeners.",
    run: (ctx, argv) => namesOf(ctx.engine.pubsub.channels, argv),
  },
  {
    ...base,
    name: "numpat",
    arity: 2,
    flags: asking,
    since: "2.8.0",
    complexity: "O(1)",
    summary: "Number of distinct patterns.",
    run: ctx => ctx.engine.pubsub.patterns.size,
  },
  {
    ...base,
    name: "numsub",
    arity: -2,
    flags: asking,
    since: "2.8.0",
    summary: "Listeners of each channel.",
    run: (ctx, argv) => listeners(ctx.engine.pubsub.channels, argv),
  },
  {
    ...base,
    name: "shardchannels",
    arity: -2,
    flags: asking,
    since: "7.0.0",
    summary: "Shard channels with listeners.",
    run: (ctx, argv) => namesOf(ctx.engine.pubsub.shardChannels, argv),
  },
  {
    ...base,
    name: "shardnumsub",
    arity: -2,
    flags: asking,
    since: "7.0.0",
    summary: "Listeners of each shard channel.",
    run: (ctx, argv) => listeners(ctx.engine.pubsub.shardChannels, argv),
  },
];

export const PUBSUB_COMMANDS: readonly CommandSpec[] = [
  {
    ...base,
    name: "subscribe",
    arity: -2,
    flags,
    since: "2.0.0",
    summary: "Listens to channels.",
    run: (ctx, argv) => subscribe(ctx, argv, CHANNEL),
  },
  {
    ...base,
    name: "psubscribe",
    arity: -2,
    flags,
    since: "2.0.0",
    summary: "Listens to all channels that match patterns.",
    run: (ctx, argv) => subscribe(ctx, argv, PATTERN),
  },
  {
    ...base,
    name: "ssubscribe",
    arity: -2,
    flags,
    keys: ALL_KEYS,
    since: "7.0.0",
    summary: "Listens to shard channels.",
    run: (ctx, argv) => subscribe(ctx, argv, SHARD),
  },
  {
    ...base,
    name: "unsubscribe",
    arity: -1,
    flags,
    since: "2.0.0",
    summary: "Listens to channels no longer.",
    run: (ctx, argv) => unsubscribe(ctx, argv, CHANNEL),
  },
  {
    ...base,
    name: "punsubscribe",
    arity: -1,
    flags,
    since: "2.0.0",
    summary: "Listens to patterns no longer.",
    run: (ctx, argv) => unsubscribe(ctx, argv, PATTERN),
  },
  {
    ...base,
    name: "sunsubscribe",
    arity: -1,
    flags,
    keys: ALL_KEYS,
    since: "7.0.0",
    summary: "Listens to shard channels no longer.",
    run: (ctx, argv) => unsubscribe(ctx, argv, SHARD),
  },
  {
    ...base,
    name: "publish",
    cost: "publish",
    arity: 3,
    flags: asking | FAST | MAY_REPLICATE,
    since: "2.0.0",
    complexity: "O(N+M) in listeners and patterns",
    summary: "Sends a message to a channel; how many got it.",
    run: publish,
  },
  {
    ...base,
    name: "spublish",
    cost: "publish",
    arity: 3,
    flags: asking | FAST | MAY_REPLICATE,
    keys: { first: 1, last: 1, step: 1 },
    since: "7.0.0",
    summary: "Sends a message to a shard channel; how many got it.",
    run: spublish,
  },
  {
    ...base,
    name: "pubsub",
    arity: -2,
    flags: 0,
    since: "2.8.0",
    summary: "Who listens to what.",
    subcommands: PUBSUB_SUBCOMMANDS,
    run: () => null,
  },
];
