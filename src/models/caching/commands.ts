// Plain commands from a weighted mix of templates: each request is one command, and its answer ends it. A script that a node
// does not know (NOSCRIPT: a node that has just started, or been promoted) is sent whole, by EVAL, as client libraries do.
// A command whose key is none of the workload's goes where that key lies.

import { fail } from "../../assert.ts";
import { type Bytes, textOf } from "../../engine/bytes.ts";
import type { Command } from "../../engine/command.ts";
import { keyPositions, READONLY } from "../../engine/command.ts";
import { ErrorReply } from "../../engine/reply.ts";
import { keySlot } from "../../engine/slots.ts";
import { aliasTable } from "../../sim/distributions/alias.ts";
import type { Random } from "../../sim/random.ts";
import {
  fillTemplate,
  hasSeveralKeys,
  keyIsFirstArgument,
  type Part,
  type TemplateSource,
} from "../../workload/template.ts";
import { DONE, FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import type { Pattern, PatternWorld } from "./pattern.ts";
import { SPLIT_COMMANDS, SplitKeys } from "./split-keys.ts";

/** Keys that a command takes in a template. */
function keyCount(parts: readonly Part[], command: Command | undefined): number {
  if (command === undefined) return 1;
  return keyPositions(
    command,
    parts.map(part => (part.kind === "text" ? part.text : "1")),
  ).length;
}

export interface Mix {
  readonly parts: readonly Part[];
  readonly weight: number;
}

export type CommandOf = (name: string) => Command | undefined;

const NO_SCRIPTS: ReadonlyMap<string, string> = new Map();

/** A template's command, the subcommand where it has one. */
function commandIn(parts: readonly Part[], commandOf: CommandOf): Command | undefined {
  const word = (at: number) => {
    const part = parts[at];
    return part?.kind === "text" ? part.text : "";
  };
  const command = commandOf(word(0));
  return command?.children?.get(word(1).toLowerCase()) ?? command;
}

/** Where a call of the template has a key that is not the workload's; -1: nowhere. */
function foreignKeyAt(parts: readonly Part[], command: Command | undefined): number {
  if (command === undefined) return -1;
  const sample = parts.map(part => (part.kind === "text" ? part.text : "1"));
  const [first] = keyPositions(command, sample);
  return first === undefined || parts[first]?.kind === "key" ? -1 : first;
}

function noOrigin(request: number): never {
  return fail(`request ${request} of plain commands has no origin`);
}

export function commandMix(
  world: PatternWorld,
  requests: Requests,
  mix: readonly Mix[],
  commandOf: CommandOf,
  source: TemplateSource,
  random: Random,
  scripts = NO_SCRIPTS,
): Pattern {
  const pick = aliasTable(mix.map(one => one.weight));
  const commands = mix.map(({ parts }) => commandIn(parts, commandOf));
  const reads = commands.map(command => command !== undefined && (command.flags & READONLY) !== 0);
  const foreign = mix.map(({ parts }, i) => foreignKeyAt(parts, commands[i]));
  // A hint says the slot of the whole call: with several keys the engine has to look at them all.
  const hinted = mix.map(({ parts }, i) => keyIsFirstArgument(parts) && keyCount(parts, commands[i]) <= 1);
  const several = mix.map(({ parts }, i) => hasSeveralKeys(parts) && SPLIT_COMMANDS.has(commands[i]?.name ?? ""));
  const split = several.includes(true) ? new SplitKeys(world, requests) : null;
  return {
    begin(request) {
      const chosen = mix.length === 1 ? 0 : pick(random);
      requests.hinted[request] = hinted[chosen] ? 1 : 0;
      const argv = fillTemplate(mix[chosen].parts, requests.key[request], source);
      if (foreign[chosen] !== -1) requests.slot[request] = keySlot(textOf(argv[foreign[chosen]]));
      if (split !== null && several[chosen] && world.splitsKeys) return split.begin(request, argv, reads[chosen]);
      world.call(request, argv, reads[chosen]);
    },
    remove: () => fail("a mix of commands has no deletions of its own: they are for traces"),
    replied(request, reply) {
      if (split?.ended(request, reply) === true) return;
      const isError = reply instanceof ErrorReply;
      const whole = isError && reply.code === "NOSCRIPT" ? wholeScript(requests.argv[request], scripts) : null;
      if (whole !== null) world.call(request, whole, requests.reads[request] === 1);
      else world.finish(request, isError ? FAILED : DONE);
    },
    failed(request) {
      if (split?.ended(request, null) !== true) world.finish(request, FAILED);
    },
    // Plain commands have no origin behind them, and no other way to write.
    atOrigin: null,
    fetched: noOrigin,
    fetchFailed: noOrigin,
    resumed: noOrigin,
    write: noOrigin,
  };
}

/** The call by EVAL that takes the place of one by EVALSHA; null when it is none, or its text is not known. */
function wholeScript(argv: readonly Bytes[], scripts: ReadonlyMap<string, string>): Bytes[] | null {
  const [name, sha, ...rest] = argv;
  const text = typeof sha === "string" ? scripts.get(sha) : undefined;
  if (text === undefined || typeof name !== "string") return null;
  return [name.toLowerCase().replace("evalsha", "eval"), text, ...rest];
}
