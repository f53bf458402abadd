// HELP of a command with subcommands, made of their names and summaries.

import { type CommandSpec, LOADING, STALE } from "../command.ts";
import { Status } from "../reply.ts";

/** The lines that HELP answers. */
export function helpLines(container: string, entries: readonly (readonly [name: string, summary: string])[]): Status[] {
  const lines = [`${container.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`];
  for (const [name, summary] of entries) lines.push(name.toUpperCase(), `    ${summary}`);
  lines.push("HELP", "    Print this help.");
  return lines.map(line => new Status(line));
}

/** Mostly HELP came with 5.0, or with the container. */
const SINCE: Readonly<Record<string, string>> = {
  latency: "2.8.13",
  memory: "4.0.0",
  object: "6.2.0",
  pubsub: "6.2.0",
  slowlog: "6.2.0",
};

/** The HELP that a container gets when it declares none. */
export function helpCommand(container: CommandSpec, subcommands: readonly CommandSpec[]): CommandSpec {
  const entries = [...subcommands]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, summary }) => [name, summary] as const);
  return {
    name: "help",
    arity: 2,
    flags: LOADING | STALE,
    group: container.group,
    since: SINCE[container.name] ?? (container.since < "5.0.0" ? "5.0.0" : container.since),
    complexity: "O(1)",
    summary: "What the subcommands do.",
    cost: "config",
    run: () => helpLines(container.name, entries),
  };
}
