// Distributions as text. The unit is given by what is drawn; the grammar is the same everywhere:
//   4ms                              constant
//   1h +-10%                         uniform within a tenth of 1h on either side
//   lognormal(p50=4ms, p99=40ms)     by name, arguments by name or in order
//   mix(80%: 1h, 20%: 5m +-10%)      parts by weight

import { constant } from "../sim/distributions/constant.ts";
import type { Distribution } from "../sim/distributions/distribution.ts";
import { DISTRIBUTIONS, type DistributionForm, type DistributionKind } from "../sim/distributions/index.ts";
import { mixture } from "../sim/distributions/mixture.ts";
import { uniform } from "../sim/distributions/uniform.ts";
import { parseFraction, UnitError } from "../units.ts";
import { didYouMean } from "./suggest.ts";

/** Reads one quantity; throws UnitError. */
export type ParseValue = (text: string) => number;

const CALL = /^\s*([a-z]+)\s*\(\s*(.*?)\s*\)\s*$/su;
const TOLERANCE = /^(.*?)\s*\+-\s*(\d+(?:\.\d+)?)\s*%\s*$/u;

const MAX_LENGTH = 1_000;

/** Parses a distribution of quantities that `parseValue` reads. Throws UnitError. */
export function parseDistribution(text: string, parseValue: ParseValue): Distribution {
  if (text.length > MAX_LENGTH) {
    throw new UnitError(`${text.slice(0, 40)}…`, `a distribution of at most ${MAX_LENGTH} characters`);
  }
  const call = CALL.exec(text);
  if (call !== null) return call[1] === "mix" ? parseMix(call[2], parseValue) : parseCall(call[1], call[2], parseValue);
  const tolerance = TOLERANCE.exec(text);
  if (tolerance === null) return constant(parseValue(text));
  const middle = parseValue(tolerance[1]);
  const share = Number(tolerance[2]) / 100;
  if (share > 1) throw new UnitError(text, "a tolerance of at most 100 %");
  return uniform(middle * (1 - share), middle * (1 + share));
}

/** Splits at commas that stand outside parentheses. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    else if (text[i] === "," && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

function parseMix(inside: string, parseValue: ParseValue): Distribution {
  const parts = splitArguments(inside).map(part => {
    const colon = part.indexOf(":");
    if (colon === -1) throw new UnitError(part, "a weight and a value such as 80%: 1h");
    const weight = parseFraction(part.slice(0, colon));
    if (!(weight > 0)) throw new UnitError(part, "a weight above zero");
    return { weight, of: parseDistribution(part.slice(colon + 1), parseValue) };
  });
  return mixture(parts);
}

function parseCall(name: string, inside: string, parseValue: ParseValue): Distribution {
  const kind = DISTRIBUTIONS.find(one => one.name === name);
  if (kind === undefined) {
    const names = [...DISTRIBUTIONS.map(one => one.name), "mix"];
    throw new UnitError(name, `a distribution: one of ${names.join(", ")}`, didYouMean(name, names));
  }
  const given = inside === "" ? [] : splitArguments(inside);
  if (kind.list !== undefined) {
    if (given.length === 0) throw new UnitError(`${name}()`, "at least one value");
    return kind.list(given.map(parseValue));
  }
  const named = given.map(one => /^([a-z]\w*)\s*=\s*(.+)$/su.exec(one));
  const names = named.flatMap(match => match?.[1] ?? []);
  const form =
    names.length === 0
      ? kind.forms.find(one => one.parameters.length === given.length)
      : kind.forms.find(one => names.length === given.length && sameNames(one, names));
  if (form === undefined) throw new UnitError(`${name}(${inside})`, formsOf(kind));
  const args = form.parameters.map((parameter, i) => {
    const match = named.find(one => one?.[1] === parameter.name);
    const textOf = match?.[2] ?? given[i];
    if (parameter.kind === "value") return parseValue(textOf);
    const value = Number(textOf);
    if (textOf === "" || !Number.isFinite(value)) throw new UnitError(textOf, `a plain number for ${parameter.name}`);
    return value;
  });
  try {
    return form.make(args);
  } catch (error) {
    // What is wrong between arguments is told of the whole.
    throw error instanceof UnitError ? new UnitError(`${name}(${inside})`, error.expected) : error;
  }
}

function sameNames(form: DistributionForm, names: readonly string[]): boolean {
  return names.length === form.parameters.length && form.parameters.every(one => names.includes(one.name));
}

function formsOf(kind: DistributionKind): string {
  const forms = kind.forms.map(form => `${kind.name}(${form.parameters.map(one => `${one.name}=…`).join(", ")})`);
  return `the form ${forms.join(" or ")}`;
}
