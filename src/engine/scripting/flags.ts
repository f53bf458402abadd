// What a script may say of itself: flags in its first line, or at the registration of a function.

import { DENYOOM, MAY_REPLICATE, STALE, WRITE } from "../command.ts";
import { splitWords } from "../words.ts";

export const NO_WRITES = 1;
export const ALLOW_OOM = 2;
export const ALLOW_STALE = 4;
export const NO_CLUSTER = 8;
export const ALLOW_CROSS_SLOT = 16;
/** Nothing was said: the rules of old times hold. */
export const COMPATIBLE = 32;

export const SCRIPT_FLAGS: readonly (readonly [flag: number, name: string])[] = [
  [NO_WRITES, "no-writes"],
  [ALLOW_OOM, "allow-oom"],
  [ALLOW_STALE, "allow-stale"],
  [NO_CLUSTER, "no-cluster"],
  [ALLOW_CROSS_SLOT, "allow-cross-slot-keys"],
];

/** The flag of this name, exactly so; undefined when there is none. */
export function scriptFlag(name: string): number | undefined {
  return SCRIPT_FLAGS.find(([, one]) => one === name)?.[0];
}

/** The same in any case, as functions' flags may be given. */
export function scriptFlagInAnyCase(name: string): number | undefined {
  return scriptFlag(name.toLowerCase());
}

/** A command's flags for a script that said what it does. */
export function effectiveFlags(commandFlags: number, scriptFlags: number): number {
  if ((scriptFlags & COMPATIBLE) !== 0) return commandFlags;
  let flags = commandFlags & ~(STALE | DENYOOM | WRITE | MAY_REPLICATE);
  if ((scriptFlags & (ALLOW_OOM | NO_WRITES)) === 0) flags |= DENYOOM;
  if ((scriptFlags & NO_WRITES) === 0) flags |= WRITE;
  if ((scriptFlags & ALLOW_STALE) !== 0) flags |= STALE;
  return flags;
}

export interface ScriptHead {
  readonly flags: number;
  /** The code without its head line, but with the line break: so lines keep their numbers. */
  readonly code: string;
}

/** Reads the first line of a script; a string says what is wrong with it. */
export function scriptHead(text: string): ScriptHead | string {
  if (!text.startsWith("#!")) return { flags: COMPATIBLE, code: text };
  const end = lineEnd(text);
  if (end === -1) return "Invalid script shebang";
  const words = splitWords(text.slice(0, end));
  if (words === null || words.length === 0) return "Invalid engine in script shebang";
  if (words[0] !== "#!lua") return `Unexpected engine in script shebang: ${words[0]}`;
  let flags = 0;
  for (const word of words.slice(1)) {
    if (!word.startsWith("flags=")) return `Unknown lua shebang option: ${word}`;
    const list = word.slice("flags=".length);
    for (const name of list === "" ? [] : list.split(",")) {
      const flag = scriptFlag(name);
      if (flag === undefined) return `Unexpected flag in script shebang: ${name}`;
      flags |= flag;
    }
  }
  return { flags, code: text.slice(end) };
}

/** Where the first line ends, as a C string has it; -1 when it does not. */
function lineEnd(text: string): number {
  const end = text.indexOf("\n");
  const zero = text.indexOf("\0");
  return zero !== -1 && zero < end ? -1 : end;
}

export interface LibraryHead {
  readonly engine: string;
  readonly name: string;
  readonly code: string;
}

/** Reads the first line of a library; a string says what is wrong with it. */
export function libraryHead(text: string): LibraryHead | string {
  if (!text.startsWith("#!")) return "Missing library metadata";
  const end = lineEnd(text);
  const words = end === -1 ? null : splitWords(text.slice(0, end));
  if (words === null || words.length === 0) return "Invalid library metadata";
  let name: string | null = null;
  for (const word of words.slice(1)) {
    if (word.slice(0, 5).toLowerCase() !== "name=") return `Invalid metadata value given: ${word}`;
    if (name !== null) return "Invalid metadata value, name argument was given multiple times";
    name = word.slice(5);
  }
  if (name === null) return "Library name was not given";
  return { engine: words[0].slice(2), name, code: text.slice(end) };
}
