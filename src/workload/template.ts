// Command templates: "SET {key} {value} EX {ttl}" as a list of parts that are filled in for every request.
//   {key}          a key of the workload, by its popularity
//   {value}        the key's value
//   {ttl}          a time to live in whole seconds, from the workload's ttl
//   {int:1..100}   a whole number, uniform
//   {random}       eight random hexadecimal digits

import { type Bytes, bytesFromUtf8 } from "../engine/bytes.ts";
import type { Command } from "../engine/command.ts";
import type { Random } from "../sim/random.ts";

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "key" }
  | { readonly kind: "value" }
  | { readonly kind: "ttl" }
  | { readonly kind: "int"; readonly low: number; readonly high: number }
  | { readonly kind: "random" }
  | { readonly kind: "joined"; readonly parts: readonly Part[] };

/** A template that cannot be used: the sentence says why. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

const PLACEHOLDER = /\{([a-z]+)(?::([^{}]*))?\}/gu;

export const PLACEHOLDERS = ["{key}", "{value}", "{ttl}", "{int:1..100}", "{random}"] as const;

function placeholder(name: string, argument: string | undefined): Part {
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

function parseWord(word: string): Part {
  const parts: Part[] = [];
  let end = 0;
  for (const match of word.matchAll(PLACEHOLDER)) {
    if (match.index > end) parts.push(plain(word.slice(end, match.index)));
    parts.push(placeholder(match[1], match[2]));
    end = match.index + match[0].length;
  }
  if (end < word.length) parts.push(plain(word.slice(end)));
  if (parts.length === 1) return parts[0];
  if (parts.some(part => part.kind === "value")) throw new TemplateError("{value} must stand alone as an argument");
  return { kind: "joined", parts };
}

/** Splits a template at spaces and checks its placeholders. Throws TemplateError. */
export function parseTemplate(text: string): Part[] {
  const words = text.trim().split(/\s+/u);
  if (words[0] === "") throw new TemplateError("a command template is empty");
  const parts = words.map(parseWord);
  if (parts[0].kind !== "text") throw new TemplateError("a command template starts with the command's name");
  return parts;
}

/** What a template needs to be filled in. */
export interface TemplateSource {
  keyText(key: number): string;
  value(key: number): Bytes;
  ttlSeconds(): number;
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
    case "value":
      return source.value(key);
    case "ttl":
      return String(source.ttlSeconds());
    case "int":
      return String(part.low + source.random.below(part.high - part.low + 1));
    case "random":
      return source.random.uint32().toString(16).padStart(8, "0");
    case "joined":
      return part.parts.map(inner => fillPart(inner, key, source) as string).join("");
  }
}

/** Whether the command's first argument is the workload's key and nothing else: then its hash and slot are known. */
export function keyIsFirstArgument(parts: readonly Part[]): boolean {
  return parts.length > 1 && parts[1].kind === "key";
}

/** Why a call of this template can never succeed, or null. */
export function arityProblem(parts: readonly Part[], command: Command): string | null {
  const { arity } = command;
  const given = parts.length;
  if (arity > 0 ? given === arity : given >= -arity) return null;
  const wants = arity > 0 ? `${arity} words` : `at least ${-arity} words`;
  return `${command.fullName.toUpperCase()} takes ${wants}, the template has ${given}`;
}
