// The keys of a call. Key specs tell most of them; some commands need a look at their options: SORT … STORE, MIGRATE …
// KEYS, and those whose access depends on an option (SET … GET, BITFIELD … GET).

import { type Bytes, textOf } from "../bytes.ts";
import type { Command } from "../command.ts";
import {
  ACCESS,
  DELETE,
  type KeyReference,
  keysBySpecs,
  NOT_KEY,
  OW,
  RO,
  RW,
  UPDATE,
  VARIABLE_FLAGS,
} from "./key-specs.ts";

type Finder = (argv: readonly Bytes[]) => KeyReference[];

const NO_KEYS: readonly KeyReference[] = [];

function wordOf(argv: readonly Bytes[], position: number): string {
  return textOf(argv[position]).toLowerCase();
}

/** As many keys as a number says; none when the number cannot be right. */
function counted(at: number, first: number, destination = 0): Finder {
  return argv => {
    if (at >= argv.length) return [];
    const count = Number.parseInt(textOf(argv[at]), 10);
    if (!(count >= 1) || count > argv.length - first) return [];
    const keys: KeyReference[] = [];
    for (let i = 0; i < count; i++) keys.push({ position: first + i, flags: 0 });
    if (destination > 0) keys.push({ position: destination, flags: 0 });
    return keys;
  };
}

const SORT_ARGUMENTS: Readonly<Record<string, number>> = { limit: 2, get: 1, by: 1 };

/** The last STORE counts, as for SORT itself. */
function sortKeys(argv: readonly Bytes[]): KeyReference[] {
  let stored = 0;
  for (let i = 2; i < argv.length; i++) {
    const word = wordOf(argv, i);
    const skip = SORT_ARGUMENTS[word];
    if (skip !== undefined) i += skip;
    else if (word === "store" && i + 1 < argv.length) stored = i + 1;
  }
  const source = { position: 1, flags: RO | ACCESS };
  return stored === 0 ? [source] : [source, { position: stored, flags: OW | UPDATE }];
}

const MIGRATE_ARGUMENTS: Readonly<Record<string, number>> = { auth: 1, auth2: 2 };

function migrateKeys(argv: readonly Bytes[]): KeyReference[] {
  const flags = RW | ACCESS | DELETE;
  for (let i = 6; i < argv.length; i++) {
    const word = wordOf(argv, i);
    if (word === "keys") {
      // With a key in the usual place too it is a syntax error.
      if (argv[3].length > 0) return [];
      return argv.slice(i + 1).map((_, j) => ({ position: i + 1 + j, flags }));
    }
    i += MIGRATE_ARGUMENTS[word] ?? 0;
  }
  return [{ position: 3, flags }];
}

function setKeys(argv: readonly Bytes[]): KeyReference[] {
  const gets = argv.slice(3).some(argument => argument.length === 3 && textOf(argument).toLowerCase() === "get");
  return [{ position: 1, flags: gets ? RW | ACCESS | UPDATE : OW | UPDATE }];
}

function bitfieldKeys(argv: readonly Bytes[]): KeyReference[] {
  return [{ position: 1, flags: onlyGets(argv) ? RO | ACCESS : RW | ACCESS | UPDATE }];
}

/** Whether BITFIELD changes nothing; what cannot be understood may change something. */
function onlyGets(argv: readonly Bytes[]): boolean {
  for (let i = 2; i < argv.length; i++) {
    const word = wordOf(argv, i);
    const left = argv.length - i - 1;
    if (word === "get" && left >= 2) i += 2;
    else if (word === "overflow" && left >= 1) i += 1;
    else return false;
  }
  return true;
}

function xreadKeys(argv: readonly Bytes[]): KeyReference[] {
  const skips: Readonly<Record<string, number>> = { block: 1, count: 1, group: 2, noack: 0 };
  for (let i = 1; i < argv.length; i++) {
    const word = wordOf(argv, i);
    if (word === "streams") {
      const rest = argv.length - i - 1;
      if (rest % 2 !== 0) return [];
      return Array.from({ length: rest / 2 }, (_, j) => ({ position: i + 1 + j, flags: 0 }));
    }
    const skip = skips[word];
    if (skip === undefined) return [];
    i += skip;
  }
  return [];
}

function georadiusKeys(argv: readonly Bytes[]): KeyReference[] {
  let stored = 0;
  for (let i = 5; i + 1 < argv.length; i++) {
    const word = wordOf(argv, i);
    if (word === "store" || word === "storedist") stored = ++i;
  }
  const source = { position: 1, flags: 0 };
  return stored === 0 ? [source] : [source, { position: stored, flags: 0 }];
}

const script = counted(2, 3);
const union = counted(1, 2);
const unionStore = counted(2, 3, 1);

const FINDERS: Readonly<Record<string, Finder>> = {
  sort: sortKeys,
  sort_ro: () => [{ position: 1, flags: RO | ACCESS }],
  migrate: migrateKeys,
  set: setKeys,
  bitfield: bitfieldKeys,
  xread: xreadKeys,
  xreadgroup: xreadKeys,
  georadius: georadiusKeys,
  georadiusbymember: georadiusKeys,
  eval: script,
  evalsha: script,
  eval_ro: script,
  evalsha_ro: script,
  fcall: script,
  fcall_ro: script,
  blmpop: script,
  bzmpop: script,
  lmpop: union,
  zmpop: union,
  sintercard: union,
  zintercard: union,
  zunion: union,
  zinter: union,
  zdiff: union,
  zunionstore: unionStore,
  zinterstore: unionStore,
  zdiffstore: unionStore,
};

/** The keys of a call and what is done with them. */
export function findKeys(command: Command, argv: readonly Bytes[]): readonly KeyReference[] {
  const { keySpecs } = command;
  if (keySpecs.length === 0) return NO_KEYS;
  const reliable = keySpecs.every(({ flags }) => (flags & VARIABLE_FLAGS) === 0);
  const any = keySpecs.some(({ flags }) => (flags & NOT_KEY) === 0);
  if (any && reliable) {
    const found = keysBySpecs(keySpecs, argv);
    if (found !== null) return found;
  }
  return FINDERS[command.fullName]?.(argv) ?? NO_KEYS;
}

// ---------------------------------------------------------------------------------------------------------------------
// Channels are judged by permissions as keys are.

export interface ChannelReference {
  readonly positions: readonly number[];
  /** The arguments are patterns: a permission must name them literally. */
  readonly pattern: boolean;
}

const CHANNELS: Readonly<Record<string, { readonly pattern: boolean; readonly all: boolean }>> = {
  subscribe: { pattern: false, all: true },
  ssubscribe: { pattern: false, all: true },
  psubscribe: { pattern: true, all: true },
  publish: { pattern: false, all: false },
  spublish: { pattern: false, all: false },
};

/** The channels that a call subscribes to or publishes on; null for a command that does neither. */
export function findChannels(command: Command, argv: readonly Bytes[]): ChannelReference | null {
  const channels = CHANNELS[command.fullName];
  if (channels === undefined) return null;
  const end = channels.all ? argv.length : Math.min(2, argv.length);
  return { positions: Array.from({ length: end - 1 }, (_, i) => i + 1), pattern: channels.pattern };
}
