// Command templates: "SET {key} {value} EX {ttl}" as a list of parts that are filled in for every request.
//   {key}          a key of the workload, by its popularity
//   {value}        the key's value
//   {keys:20}      so many keys, each drawn anew; {pairs:20}: each with a value behind it
//   {ttl}          a time to live in whole seconds, from the workload's ttl
//   {int:1..100}   a whole number, uniform
//   {zipf:10k}     a whole number from 0 on, the lower the more often: Zipf with exponent 0.99, or {zipf:10k,0.8}
//   {script:name}  the SHA-1 of one of the workload's scripts, for EVALSHA
//   {random}       eight random hexadecimal digits

import { type Bytes, bytesFromUtf8 } from "../engine/bytes.ts";
import type { Command } from "../engine/command.ts";
import { zipf } from "../sim/distributions/zipf.ts";
import type { Random } from "../sim/random.ts";
import { parseCount, UnitError } from "../units.ts";
import type { Popularity } from "./keys.ts";

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "key" }
  | { readonly kind: "another" }
  | { readonly kind: "value" }
  | { readonly kind: "ttl" }
  | { readonly kind: "int"; readonly low: number; readonly high: number }
  | { readonly kind: "rank"; readonly draw: Popularity }
  | { readonly kind: "random" }
  | { readonly kind: "joined"; readonly parts: readonly Part[] };

/** A template that cannot be used: the sentence says why. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

const PLACEHOLDER = /\{([a-z]+)(?::([^{}]*))?\}/gu;

export const PLACEHOLDERS = [
  "{key}",
  "{value}",
  "{keys:20}",
  "{pairs:20}",
  "{ttl}",
  "{int:1..100}",
  "{zipf:10k}",
  "{script:name}",
  "{random}",
] as const;

/** SHA-1 of the workload's scripts by their names. */
export type ScriptNames = ReadonlyMap<string, string>;

const NO_SCRIPTS: ScriptNames = new Map();
const USUAL_EXPONENT = 0.99;

/** Ranks of {zipf:count,exponent}. */
function ranks(argument: string): Popularity {
  const [count, exponent = String(USUAL_EXPONENT), ...more] = argument.split(",").map(one => one.trim());
  try {
    const n = parseCount(count);
    const s = Number(exponent);
    if (n >= 1 && exponent !== "" && s >= 0 && s <= 10 && more.length === 0) return zipf(n, s).rank;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
  }
  throw new TemplateError(
    `{zipf} needs a count and, if need be, an exponent, such as {zipf:10k,0.8}, got «${argument}»`,
  );
}

function placeholder(name: string, argument: string | undefined, scripts: ScriptNames): Part {
  if (name === "zipf") return { kind: "rank", draw: ranks(argument ?? "") };
  if (name === "script") {
    const sha = scripts.get(argument ?? "");
    if (sha !== undefined) return { kind: "text", text: sha };
    const known = scripts.size === 0 ? "it has none (scripts:)" : `it has ${[...scripts.keys()].join(", ")}`;
    throw new TemplateError(`{script:${argument ?? ""}} names no script of the workload: ${known}`);
  }
  if (name === "int") {
    const match = /^(-?\d+)\.\.(-?\d+)$/u.exec(argument ?? "");
    const [low, high] = [Number(match?.[1]), Number(match?.[2])];
    if (!(low <= high) || !Number.isSafeInteger(low) || !Number.isSafeInteger(high)) {
      throw new TemplateError(`{int} needs two bounds such as {int:1..100}, got «${argument ?? ""}»`);
    }
    return { kind: "int", low, high };
  }
  if (argument === undefined && (name === "key" || name === "value" || name === "ttl" || name === "random")) {
    return { kind: name };
  }
  throw new TemplateError(`unknown placeholder «{${name}}»; there are ${PLACEHOLDERS.join(", ")}`);
}

/** Text goes to the engine as bytes. */
function plain(text: string): Part {
  return { kind: "text", text: bytesFromUtf8(text) };
}

function parseWord(word: string, scripts: ScriptNames): Part {
  const parts: Part[] = [];
  let end = 0;
  for (const match of word.matchAll(PLACEHOLDER)) {
    if (match.index > end) parts.push(plain(word.slice(end, match.index)));
    parts.push(placeholder(match[1], match[2], scripts));
    end = match.index + match[0].length;
  }
  if (end < word.length) parts.push(plain(word.slice(end)));
  if (parts.length === 1) return parts[0];
  if (parts.some(part => part.kind === "value")) throw new TemplateError("{value} must stand alone as an argument");
  return { kind: "joined", parts };
}

const SEVERAL = /^\{(keys|pairs):([^{}]*)\}$/u;
const MOST_KEYS = 10_000;

/** A word, or what stands for several of them: the request's own key, and others. */
function parseWords(word: string, scripts: ScriptNames): Part[] {
  const match = SEVERAL.exec(word);
  if (match === null) return [parseWord(word, scripts)];
  const [, name, text] = match;
  const count = Number(text);
  if (!/^\d+$/u.test(text) || count < 1 || count > MOST_KEYS) {
    throw new TemplateError(`{${name}} needs a count between 1 and ${MOST_KEYS} such as {${name}:20}, got «${text}»`);
  }
  return Array.from({ length: count }, (_, i): Part[] => {
    const key: Part = { kind: i === 0 ? "key" : "another" };
    return name === "keys" ? [key] : [key, { kind: "value" }];
  }).flat();
}

/** Splits a template at spaces and checks its placeholders. Throws TemplateError. */
export function parseTemplate(text: string, scripts = NO_SCRIPTS): Part[] {
  const words = text.trim().split(/\s+/u);
  if (words[0] === "") throw new TemplateError("a command template is empty");
  const parts = words.flatMap(word => parseWords(word, scripts));
  if (parts[0].kind !== "text") throw new TemplateError("a command template starts with the command's name");
  return parts;
}

/** What a template needs to be filled in. */
export interface TemplateSource {
  keyText(key: number): string;
  /** A key of the workload, drawn anew. */
  anotherKey(): number;
  value(key: number): Bytes;
  ttlSeconds(key: number): number;
  readonly random: Random;
}

/** One call of the template for the given key. */
export function fillTemplate(parts: readonly Part[], key: number, source: TemplateSource): Bytes[] {
  const argv: Bytes[] = new Array(parts.length);
  for (let i = 0; i < parts.length; i++) argv[i] = fillPart(parts[i], key, source);
  return argv;
}

function fillPart(part: Part, key: number, source: TemplateSource): Bytes {
  switch (part.kind) {
    case "text":
      return part.text;
    case "key":
      return source.keyText(key);
    case "another":
      return source.keyText(source.anotherKey());
    case "value":
      return source.value(key);
    case "ttl":
      return String(source.ttlSeconds(key));
    case "int":
      return String(part.low + source.random.below(part.high - part.low + 1));
    case "rank":
      return String(part.draw(source.random));
    case "random":
      return source.random.uint32().toString(16).padStart(8, "0");
    case "joined":
      return part.parts.map(inner => fillPart(inner, key, source) as string).join("");
  }
}

/** Whether the command's first argument is the workload's key, and its only one: then its hash and slot are known. */
export function keyIsFirstArgument(parts: readonly Part[]): boolean {
  return parts.length > 1 && parts[1].kind === "key" && !hasSeveralKeys(parts);
}

export function hasSeveralKeys(parts: readonly Part[]): boolean {
  return parts.some(part => part.kind === "another");
}

/** Why a call of this template can never succeed, or null. */
export function arityProblem(parts: readonly Part[], command: Command): string | null {
  const { arity } = command;
  const given = parts.length;
  if (arity > 0 ? given === arity : given >= -arity) return null;
  const wants = arity > 0 ? `${arity} words` : `at least ${-arity} words`;
  return `${command.fullName.toUpperCase()} takes ${wants}, the template has ${given}`;
}
