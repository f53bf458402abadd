// LATENCY: what took long and when, and how long each command takes.

import { SYNTAX } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { ADMIN, type Command, type CommandSpec, LOADING, NOSCRIPT, STALE } from "../command.ts";
import { type Context, textAt } from "../context.ts";
import { diagnosis } from "../latency-doctor.ts";
import type { LatencySeries } from "../latency-monitor.ts";
import { ErrorReply, MapReply, type Reply, Verbatim } from "../reply.ts";
import { sparkline } from "../sparkline.ts";
import { shownName } from "./stream-arguments.ts";

function history(ctx: Context, argv: readonly Bytes[]): Reply {
  const series = ctx.engine.durations.monitor.events.get(textAt(argv, 2));
  return series?.samples.map(({ atSeconds, ms }) => [atSeconds, ms]) ?? [];
}

function latest(ctx: Context): Reply {
  return [...ctx.engine.durations.monitor.events].map(([event, { latest: last, maxMs }]) => [
    ...[event, last.atSeconds, last.ms, maxMs],
  ]);
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** How long ago, in the largest unit that fits. */
function age(seconds: number): string {
  if (seconds < MINUTE) return `${seconds}s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  return seconds < DAY ? `${Math.floor(seconds / HOUR)}h` : `${Math.floor(seconds / DAY)}d`;
}

function drawn(event: string, { samples, maxMs }: LatencySeries, nowSeconds: number): string {
  const times = samples.map(({ ms }) => ms);
  const [high, low] = [Math.max(...times), Math.min(...times)];
  const title = `${event} - high ${high} ms, low ${low} ms (all time high ${maxMs} ms)`;
  const values = samples.map(({ atSeconds, ms }) => ({ value: ms, label: age(nowSeconds - atSeconds) }));
  return `${title}\n${"-".repeat(80)}\n${sparkline(values)}`;
}

function graph(ctx: Context, argv: readonly Bytes[]): Reply {
  const event = textAt(argv, 2);
  const series = ctx.engine.durations.monitor.events.get(event);
  if (series === undefined) return new ErrorReply(`ERR No samples available for event '${shownName(event)}'`);
  return new Verbatim(drawn(event, series, Math.floor(ctx.nowMs / 1_000)));
}

function reset(ctx: Context, argv: readonly Bytes[]): Reply {
  const { monitor } = ctx.engine.durations;
  if (argv.length === 2) return monitor.reset();
  return argv.slice(2).reduce((sum, event) => sum + monitor.reset(textOf(event)), 0);
}

/** The commands of a name: itself and its subcommands. */
function commandsOf(ctx: Context, name: string): Command[] {
  const [parent, child] = name.toLowerCase().split("|");
  const command = ctx.engine.command(parent);
  if (command === undefined) return [];
  if (child === undefined) return withChildren(command);
  const found = command.children?.get(child);
  return found === undefined ? [] : [found];
}

function withChildren(command: Command): Command[] {
  return [command, ...(command.children?.values() ?? [])];
}

function histogram(ctx: Context, argv: readonly Bytes[]): Reply {
  const { engine } = ctx;
  const commands =
    argv.length === 2
      ? [...engine.commands.values()].flatMap(withChildren)
      : argv.slice(2).flatMap(name => commandsOf(ctx, textOf(name)));
  const items: Reply[] = [];
  for (const { id, fullName } of commands) {
    if (!engine.latency.has(id)) continue;
    const { calls, upToUs } = engine.latency.cumulative(id);
    items.push(fullName, new MapReply(["calls", calls, "histogram_usec", new MapReply(upToUs.flat())]));
  }
  return new MapReply(items);
}

const shape = {
  flags: ADMIN | NOSCRIPT | LOADING | STALE,
  group: "server",
  since: "2.8.13",
  cost: "config",
} as const;

const SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "doctor",
    arity: 2,
    complexity: "O(1)",
    summary: "What the events tell, in words.",
    run: ctx => new Verbatim(diagnosis(ctx.engine)),
  },
  {
    ...shape,
    name: "graph",
    arity: 3,
    complexity: "O(1)",
    summary: "The samples of an event, drawn with letters.",
    run: graph,
  },
  {
    ...shape,
    name: "histogram",
    arity: -2,
    since: "7.0.0",
    complexity: "O(N) in commands that have been called",
    summary: "How many calls of a command took no longer than each power of two of microseconds.",
    run: histogram,
  },
  {
    ...shape,
    name: "history",
    arity: 3,
    complexity: "O(1)",
    summary: "The samples of an event: time and milliseconds.",
    run: history,
  },
  {
    ...shape,
    name: "latest",
    arity: 2,
    complexity: "O(1)",
    summary: "Every event with its latest sample and its worst.",
    run: latest,
  },
  {
    ...shape,
    name: "reset",
    arity: -2,
    complexity: "O(1)",
    summary: "Forgets the samples of all events, or of those named.",
    run: reset,
  },
];

export const LATENCY_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "latency",
    arity: -2,
    flags: 0,
    complexity: "depends on the subcommand",
    summary: "Events that took long, and how long commands take.",
    subcommands: SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
