// COMMAND DOCS: what a command is for, in our own words, since when, and how it is called.

import type { Command } from "../command.ts";
import { MapReply, type Reply } from "../reply.ts";

export function describeDocs(command: Command): MapReply {
  const { spec } = command;
  const items: Reply[] = [
    "summary",
    spec.summary,
    "since",
    spec.since,
    "group",
    command.group,
    "complexity",
    spec.complexity,
  ];
  if (command.children !== null) {
    items.push(
      "subcommands",
      new MapReply([...command.children.values()].flatMap(child => [child.fullName, describeDocs(child)])),
    );
  }
  return new MapReply(items);
}
