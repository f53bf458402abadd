// Numbers in commands, read and written as the server does: 64-bit integers in canonical form, doubles with 17
// significant digits.

import { decimalDigits } from "./grisu.ts";

const INT64_MAX = 9_223_372_036_854_775_807n;
const INT64_MIN = -9_223_372_036_854_775_808n;

const CANONICAL = /^(?:0|-?[1-9][0-9]{0,18})$/u;

/**
 * A 64-bit signed integer in canonical form: no plus sign, no leading zeros, no spaces. A number while it is exact in a
 * double, else a bigint; null when the text is no such integer.
 */
export function parseInteger(text: string): number | bigint | null {
  const length = text.length;
  if (length <= 15) {
    // Up to 15 digits every step is exact.
    let i = 0;
    let negative = false;
    if (text.charCodeAt(0) === 45) {
      negative = true;
      i = 1;
    }
    const first = text.charCodeAt(i);
    if (first === 48) return length === 1 ? 0 : null;
    if (!(first >= 49 && first <= 57)) return null;
    let value = 0;
    for (; i < length; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) return null;
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }
  if (length > 20 || !CANONICAL.test(text)) return null;
  const value = BigInt(text);
  if (value > INT64_MAX || value < INT64_MIN) return null;
  return narrow(value);
}

/** A bigint as a number when that is exact. */
export function narrow(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** An integer argument that must be exact in a double (counts, indexes, times); null when it is no 64-bit integer. */
export function parseCountable(text: string): number | null {
  const value = parseInteger(text);
  return value === null ? null : Number(value);
}

/** Adds two 64-bit integers; null on overflow. */
export function addIntegers(left: number | bigint, right: number | bigint): number | bigint | null {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  const sum = BigInt(left) + BigInt(right);
  return sum > INT64_MAX || sum < INT64_MIN ? null : narrow(sum);
}

const DOUBLE = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?)$/iu;

/**
 * A double as the server's strtod accepts it: no spaces, no NaN, "inf" allowed; null when it is none, and when it is too
 * large or too close to zero for a double.
 */
export function parseDouble(text: string): number | null {
  if (text.length === 0) return null;
  if (!DOUBLE.test(text)) return parseHexDouble(text);
  const lower = text.toLowerCase();
  if (lower.includes("inf")) return lower.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (!Number.isFinite(value) || (value === 0 && /^[+-]?[0.]*[1-9]/u.test(text))) return null;
  return value;
}

const HEX = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/iu;

function parseHexDouble(text: string): number | null {
  const match = HEX.exec(text);
  if (match === null) return null;
  const digits = match[2] + (match[3] ?? "");
  if (digits === "") return null;
  const exponent = Number(match[4] ?? 0) - 4 * (match[3] ?? "").length;
  const value = Number.parseInt(digits, 16) * 2 ** exponent;
  return match[1] === "-" ? -value : value;
}

/** Whole numbers up to here are shown as integers, whatever their digits. */
const PLAIN_INTEGERS = 2 ** 62;

/** Infinities, NaN and zeros; null for every other double. */
function specialDouble(value: number): string | null {
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  if (Number.isNaN(value)) return "nan";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  return null;
}

/** Significant digits of a magnitude and the power of ten of the first one. */
function significant(exponential: string): { digits: string; power: number } {
  const e = exponential.indexOf("e");
  return { digits: exponential[0] + exponential.slice(2, e), power: Number(exponential.slice(e + 1)) };
}

/** Point notation of digits whose first one stands at this power of ten. */
function withPoint(digits: string, power: number): string {
  if (power < 0) return `0.${"0".repeat(-power - 1)}${digits}`;
  const whole = power + 1;
  if (digits.length <= whole) return digits + "0".repeat(whole - digits.length);
  return `${digits.slice(0, whole)}.${digits.slice(whole)}`;
}

function withExponent(digits: string, power: number, exponentDigits: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${digits[0]}${fraction}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(exponentDigits, "0")}`;
}

/** A double as replies show it from 7.2 on: the shortest text that reads back the same, integers without a point. */
export function formatDouble(value: number): string {
  const special = specialDouble(value);
  if (special !== null) return special;
  if (Number.isInteger(value) && Math.abs(value) <= PLAIN_INTEGERS) {
    return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
  }
  return shortestDouble(value);
}

/** The shortest text that reads back the same, for integers too: 10000000000 is 1e+10. */
export function shortestDouble(value: number): string {
  const special = specialDouble(value);
  if (special !== null) return special;
  const { digits, power } = decimalDigits(Math.abs(value));
  const sign = value < 0 ? "-" : "";
  // The power of ten of the last digit, and the size of that of the first: the server's rule for when to use exponents.
  const last = power - (digits.length - 1);
  const size = Math.abs(power);
  const plain = last >= 0 ? size < digits.length + 7 : last > -7 || size < 4;
  return sign + (plain ? withPoint(digits, power) : withExponent(digits, power, 1));
}

const PRINTED_DIGITS = 17;

/** More digits than a double of the size in question has: it stands there exactly. */
const EXACT_DIGITS = 100;

/** The 17 digits that printf shows: of two that are equally near it takes the even one. */
function printedDigits(magnitude: number): { digits: string; power: number } {
  const rounded = significant(magnitude.toExponential(PRINTED_DIGITS - 1));
  if (magnitude.toExponential(PRINTED_DIGITS).split("e")[0].at(-1) !== "5") return rounded;
  const exact = significant(magnitude.toExponential(EXACT_DIGITS));
  const tie = /^50*$/u.test(exact.digits.slice(PRINTED_DIGITS)) && "02468".includes(exact.digits[PRINTED_DIGITS - 1]);
  return tie ? { digits: exact.digits.slice(0, PRINTED_DIGITS), power: exact.power } : rounded;
}

/** A double as replies of 7.0 and 7.1 show it: 17 significant digits, as printf's %.17g. */
export function formatDouble17(value: number): string {
  const special = specialDouble(value);
  if (special !== null) return special;
  if (Number.isSafeInteger(value)) return String(value);
  const { digits, power } = printedDigits(Math.abs(value));
  const trimmed = digits.replace(/0+$/u, "");
  const plain = power >= -4 && power < PRINTED_DIGITS;
  return (value < 0 ? "-" : "") + (plain ? withPoint(trimmed, power) : withExponent(trimmed, power, 2));
}
