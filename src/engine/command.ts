// Commands as data. One typed object per command stands in its family's file; router, gates, documentation, cost model
// and tests read the same facts. `commands/index.ts` is the table.

import type { Bytes } from "./bytes.ts";
import { FACTS } from "./commands/facts.ts";
import type { Context } from "./context.ts";
import { categoryBits } from "./introspection/categories.ts";
import type { CommandFacts } from "./introspection/facts.ts";
import { helpCommand } from "./introspection/help.ts";
import { findKeys } from "./introspection/key-finder.ts";
import { type KeySpec, NOT_KEY } from "./introspection/key-specs.ts";
import { legacyRange } from "./introspection/legacy-range.ts";
import type { Reply } from "./reply.ts";

// Flags are bits so that the gates test several at once; their names are those that COMMAND shows.
export const WRITE = 1 << 0;
export const READONLY = 1 << 1;
/** Refused while used memory is above maxmemory. */
export const DENYOOM = 1 << 2;
export const ADMIN = 1 << 3;
export const FAST = 1 << 4;
/** Allowed while the data set is loading. */
export const LOADING = 1 << 5;
/** Allowed on a replica that lost its primary. */
export const STALE = 1 << 6;
export const NO_AUTH = 1 << 7;
export const NOSCRIPT = 1 << 8;
export const NO_MULTI = 1 << 9;
export const BLOCKING = 1 << 10;
export const PUBSUB = 1 << 11;
export const MAY_REPLICATE = 1 << 12;
export const MOVABLE_KEYS = 1 << 13;
export const PROTECTED = 1 << 14;
export const ALLOW_BUSY = 1 << 15;
export const SKIP_SLOWLOG = 1 << 16;
export const NO_ASYNC_LOADING = 1 << 17;
/** Takes keys, and may be called without any. */
export const NO_MANDATORY_KEYS = 1 << 18;
/** As if ASKING had been sent before it. */
export const ASKING = 1 << 19;
export const SKIP_MONITOR = 1 << 20;
/** Runs a script: what the script says of itself may change the other flags. */
export const SCRIPTED = 1 << 21;

/** As COMMAND shows them; PROTECTED, MAY_REPLICATE and SCRIPTED are shown to nobody. */
export const FLAG_NAMES: readonly (readonly [flag: number, name: string])[] = [
  [WRITE, "write"],
  [READONLY, "readonly"],
  [DENYOOM, "denyoom"],
  [ADMIN, "admin"],
  [PUBSUB, "pubsub"],
  [NOSCRIPT, "noscript"],
  [BLOCKING, "blocking"],
  [LOADING, "loading"],
  [STALE, "stale"],
  [SKIP_SLOWLOG, "skip_slowlog"],
  [FAST, "fast"],
  [NO_AUTH, "no_auth"],
  [NO_MANDATORY_KEYS, "no_mandatory_keys"],
  [ASKING, "asking"],
  [SKIP_MONITOR, "skip_monitor"],
  [NO_MULTI, "no_multi"],
  [MOVABLE_KEYS, "movablekeys"],
  [ALLOW_BUSY, "allow_busy"],
  [NO_ASYNC_LOADING, "no_async_loading"],
];

/** Keys at argv[first], argv[first + step] … argv[last]; a negative `last` counts from the end. */
export interface KeyRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

export const ONE_KEY: KeyRange = { first: 1, last: 1, step: 1 };
export const ALL_KEYS: KeyRange = { first: 1, last: -1, step: 1 };

export type Group =
  | "string"
  | "generic"
  | "connection"
  | "server"
  | "cluster"
  | "list"
  | "set"
  | "sorted-set"
  | "hash"
  | "stream"
  | "hyperloglog"
  | "bitmap"
  | "geo"
  | "pubsub"
  | "transactions"
  | "scripting";

export interface CommandSpec {
  /** Lower case; a subcommand's own word. */
  readonly name: string;
  /** Words including the name; negative: at least so many. */
  readonly arity: number;
  readonly flags: number;
  readonly keys?: KeyRange;
  /** For keys that a range cannot express: their positions in argv. */
  readonly keyPositions?: (argv: readonly Bytes[]) => number[];
  readonly group: Group;
  readonly since: string;
  readonly complexity: string;
  readonly summary: string;
  /** Row of the cost table that times it; its own name when left out. */
  readonly cost?: string;
  readonly subcommands?: readonly CommandSpec[];
  readonly run: (ctx: Context, argv: readonly Bytes[]) => Reply;
}

/**
 * A command as the engine holds it: the declared facts and what follows from them. A class, so that all commands have
 * one shape: the gates read these fields in every call.
 */
export class Command {
  readonly name: string;
  /** "config|get" for a subcommand, else the name. */
  readonly fullName: string;
  readonly arity: number;
  readonly flags: number;
  readonly hasKeys: boolean;
  readonly cost: string;
  readonly run: CommandSpec["run"];
  readonly children: ReadonlyMap<string, Command> | null;
  readonly facts: CommandFacts;
  readonly keySpecs: readonly KeySpec[];
  /** ACL categories as bits (introspection/categories.ts). */
  readonly categories: number;
  readonly group: Group;

  constructor(
    readonly spec: CommandSpec,
    /** Position in the table; indexes counters. */
    readonly id: number,
    parent: string | null,
    children: readonly Command[] | null,
  ) {
    this.name = spec.name;
    this.fullName = parent === null ? spec.name : `${parent}|${spec.name}`;
    this.arity = spec.arity;
    this.facts = FACTS.get(this.fullName) ?? NO_FACTS;
    this.keySpecs = this.facts.keys ?? NO_KEYS;
    const movable = legacyRange(this.keySpecs).movable ? MOVABLE_KEYS : 0;
    this.flags = (spec.flags & ~MOVABLE_KEYS) | movable | (this.facts.keysOptional ? NO_MANDATORY_KEYS : 0);
    this.hasKeys =
      spec.keys !== undefined ||
      spec.keyPositions !== undefined ||
      this.keySpecs.some(({ flags }) => (flags & NOT_KEY) === 0);
    this.categories = categoryBits(
      {
        write: (spec.flags & WRITE) !== 0,
        readonly: (spec.flags & READONLY) !== 0,
        admin: (spec.flags & ADMIN) !== 0,
        pubsub: (spec.flags & PUBSUB) !== 0,
        blocking: (spec.flags & BLOCKING) !== 0,
        fast: (spec.flags & FAST) !== 0,
      },
      this.facts.categories ?? [],
    );
    this.group = spec.group;
    this.cost = spec.cost ?? spec.name;
    this.run = spec.run;
    this.children = children === null ? null : new Map(children.map(child => [child.name, child]));
  }
}

const NO_FACTS: CommandFacts = {};
const NO_KEYS: readonly KeySpec[] = [];

/** Positions of the keys in a call. */
export function keyPositions(command: Command, argv: readonly Bytes[]): number[] {
  const { spec } = command;
  if (spec.keyPositions !== undefined) return spec.keyPositions(argv);
  if (spec.keys === undefined) return findKeys(command, argv).map(({ position }) => position);
  const { first, step } = spec.keys;
  const last = spec.keys.last < 0 ? argv.length + spec.keys.last : spec.keys.last;
  const positions: number[] = [];
  for (let i = first; i <= last && i < argv.length; i += step) positions.push(i);
  return positions;
}

/** Builds the table from the families; a name declared twice is a bug. */
export function buildTable(families: readonly (readonly CommandSpec[])[]): Map<string, Command> {
  const table = new Map<string, Command>();
  let id = 0;
  const build = (spec: CommandSpec, parent: string | null): Command => {
    const own = id++;
    const children = withHelp(spec)?.map(child => build(child, spec.name)) ?? null;
    return new Command(spec, own, parent, children);
  };
  for (const family of families) {
    for (const spec of family) {
      if (table.has(spec.name)) throw new Error(`command ${spec.name} is declared twice`);
      table.set(spec.name, build(spec, null));
    }
  }
  return table;
}

/** Every container has a HELP, made of what its subcommands say of themselves. */
function withHelp(spec: CommandSpec): readonly CommandSpec[] | undefined {
  const { subcommands } = spec;
  if (subcommands === undefined || subcommands.some(({ name }) => name === "help")) return subcommands;
  return [...subcommands, helpCommand(spec, subcommands)];
}
