// Numbers in commands, read and written as the server does: 64-bit integers in canonical form, doubles with 17
// significant digits.

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

/** A double as the server's strtod accepts it: no spaces, no NaN, "inf" allowed; null when it is none. */
export function parseDouble(text: string): number | null {
  if (text.length === 0 || text.length > 255) return null;
  if (!DOUBLE.test(text)) return parseHexDouble(text);
  const lower = text.toLowerCase();
  if (lower.includes("inf")) return lower.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
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

/** A double as replies show it: the shortest text that reads back the same, integers without a point. */
export function formatDouble(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  if (Number.isNaN(value)) return "nan";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  if (Number.isInteger(value) && Math.abs(value) < 1e17) return String(value);
  const text = String(value);
  // JavaScript switches to exponents at 1e21 and 1e-7; the server's %.17g does so at 1e17 and 1e-5.
  return Math.abs(value) >= 1e17 || Math.abs(value) < 1e-4 ? exponential(value) : text;
}

function exponential(value: number): string {
  const [mantissa, exponent] = value.toExponential().split("e");
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${mantissa}e${sign}${exponent.replace(/^[+-]/u, "").padStart(2, "0")}`;
}
