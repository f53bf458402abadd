// What the value of a parameter may be, and its canonical text. Refusals are worded as CONFIG SET words them.

import { canonicalEvents } from "../notifications.ts";
import { parseInteger } from "../numbers.ts";

export type Kind =
  | { readonly type: "integer"; readonly min: number; readonly max: number | bigint; readonly cap?: number }
  /** Bytes with a unit; with `percent` also a share, of at most so many percent. */
  | { readonly type: "memory"; readonly min: number; readonly max: bigint; readonly percent?: number }
  | { readonly type: "octal"; readonly max: number }
  | { readonly type: "flag" }
  /** One of some words; `same` maps words that mean another. */
  | { readonly type: "choice"; readonly values: readonly string[]; readonly same?: Readonly<Record<string, string>> }
  /** Any number of words; the first stands for none. */
  | {
      readonly type: "words";
      readonly values: readonly string[];
      readonly check?: (words: ReadonlySet<string>) => string | null;
    }
  | { readonly type: "events" }
  | { readonly type: "text"; readonly check?: ((text: string) => string | null) | undefined }
  /** Several arguments in one text. What is not mentioned stays as it was. */
  | { readonly type: "arguments"; readonly read: (words: readonly string[], before: string) => string };

/** A refused value: the sentence that CONFIG SET appends. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

/** Units of a memory value, in bytes. */
export const MEMORY_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1_000,
  kb: 1_024,
  m: 1_000_000,
  mb: 1_048_576,
  g: 1_000_000_000,
  gb: 1_073_741_824,
};

/** Bytes of a memory value, or null when it is none. No digits at all read as 0. */
export function memoryBytes(text: string): bigint | null {
  const match = /^(\d*)([a-z]*)$/u.exec(text.toLowerCase());
  const unit = match === null ? undefined : MEMORY_UNITS[match[2]];
  return match === null || unit === undefined ? null : BigInt(match[1]) * BigInt(unit);
}

/** The value's canonical text; throws ParameterError. */
export function normalise(kind: Kind, text: string, before: string): string {
  switch (kind.type) {
    case "text": {
      const problem = kind.check?.(text) ?? null;
      if (problem !== null) throw new ParameterError(problem);
      return text;
    }
    case "events": {
      const canonical = canonicalEvents(text);
      if (canonical === null) throw new ParameterError("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
      return canonical;
    }
    case "flag": {
      const lower = text.toLowerCase();
      if (lower !== "yes" && lower !== "no") throw new ParameterError("argument must be 'yes' or 'no'");
      return lower;
    }
    case "choice": {
      const lower = text.toLowerCase();
      const value = kind.same?.[lower] ?? lower;
      if (!kind.values.includes(value)) throw oneOf([...kind.values]);
      return value;
    }
    case "words":
      return wordSet(kind, text.split(" "));
    case "integer": {
      const value = parseInteger(text);
      if (value === null) throw new ParameterError("argument couldn't be parsed into an integer");
      const within = bounded(value, kind.min, kind.max);
      return kind.cap === undefined ? within : String(Math.min(Math.max(Number(within), 1), kind.cap));
    }
    case "memory": {
      const bytes = memoryBytes(text);
      if (bytes !== null) return bounded(bytes, kind.min, kind.max);
      if (kind.percent === undefined) throw new ParameterError("argument must be a memory value");
      return percentage(text, kind.percent);
    }
    case "octal": {
      if (!/^[0-7]+$/u.test(text)) throw new ParameterError("argument couldn't be parsed as an octal number");
      const value = Number.parseInt(text, 8);
      if (value <= kind.max) return value.toString(8);
      throw new ParameterError(`argument must be between 0 and ${kind.max.toString(8)} inclusive`);
    }
    case "arguments":
      return kind.read(text.split(" "), before);
  }
}

function oneOf(values: readonly string[]): ParameterError {
  return new ParameterError(`argument(s) must be one of the following: ${values.join(", ")}`.slice(0, 255));
}

function wordSet(kind: Extract<Kind, { type: "words" }>, given: readonly string[]): string {
  const words = new Set(given.map(word => word.toLowerCase()));
  for (const word of words) if (!kind.values.includes(word)) throw oneOf(kind.values);
  const problem = kind.check?.(words) ?? null;
  if (problem !== null) throw new ParameterError(problem);
  const chosen = kind.values.slice(1).filter(value => words.has(value));
  return chosen.length === 0 ? kind.values[0] : chosen.join(" ");
}

function percentage(text: string, max: number): string {
  const value = text.endsWith("%") ? parseInteger(text.slice(0, -1)) : null;
  if (value === null || value < 0) throw new ParameterError("argument must be a memory or percent value");
  if (value > max) throw new ParameterError(`percentage argument must be less or equal to ${max}`);
  return value === 0 ? "0" : `${value}%`;
}

function bounded(value: number | bigint, min: number, max: number | bigint): string {
  if (value < min || value > max) {
    throw new ParameterError(`argument must be between ${min} and ${max} inclusive`);
  }
  return String(value);
}
