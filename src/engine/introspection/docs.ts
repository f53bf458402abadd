// COMMAND DOCS: what a command is for, in our own words, since when, and how it is called. Left out: the history of its
// options, and what replaces it where it is deprecated.

import type { Command } from "../command.ts";
import { DEPRECATED, SYNTAX, SYSTEM } from "../commands/syntax.ts";
import { MapReply, type Reply, SetReply, Status } from "../reply.ts";
import { type Argument, parseSyntax } from "./syntax.ts";

export function describeDocs(command: Command): MapReply {
  const { spec, fullName } = command;
  const items: Reply[] = ["summary", spec.summary, "since", spec.since, "group", command.group];
  items.push("complexity", spec.complexity);
  const deprecated = DEPRECATED[fullName];
  const flags = [...(SYSTEM.has(fullName) ? ["syscmd"] : []), ...(deprecated === undefined ? [] : ["deprecated"])];
  if (flags.length > 0) items.push("doc_flags", new SetReply(flags.map(flag => new Status(flag))));
  if (deprecated !== undefined) items.push("deprecated_since", deprecated);
  const syntax = SYNTAX[fullName];
  if (syntax !== undefined) items.push("arguments", parseSyntax(syntax).map(describeArgument));
  if (command.children !== null) {
    items.push(
      "subcommands",
      new MapReply([...command.children.values()].flatMap(child => [child.fullName, describeDocs(child)])),
    );
  }
  return new MapReply(items);
}

function describeArgument(argument: Argument): MapReply {
  const { name, type, display, keySpec, token, since, deprecatedSince, parts } = argument;
  const items: Reply[] = ["name", name, "type", type];
  const whole = type === "oneof" || type === "block";
  if (!whole) items.push("display_text", display);
  if (keySpec !== null) items.push("key_spec_index", keySpec);
  if (token !== null) items.push("token", token);
  if (since !== null) items.push("since", since);
  if (deprecatedSince !== null) items.push("deprecated_since", deprecatedSince);
  const flags = [
    ...(argument.optional ? ["optional"] : []),
    ...(argument.multiple ? ["multiple"] : []),
    ...(argument.multipleToken ? ["multiple_token"] : []),
  ];
  if (flags.length > 0) items.push("flags", new SetReply(flags.map(flag => new Status(flag))));
  if (whole) items.push("arguments", parts.map(describeArgument));
  return new MapReply(items);
}
