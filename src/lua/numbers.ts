// Numbers as C code prints and reads them.

interface Digits {
  readonly digits: string;
  /** The power of ten of the first one. */
  readonly power: number;
}

function significant(magnitude: number, count: number): Digits {
  const text = magnitude.toExponential(count - 1);
  const e = text.indexOf("e");
  return { digits: text[0] + text.slice(2, e), power: Number(text.slice(e + 1)) };
}

/** So many digits, halves rounded to even as printf does; toExponential rounds them up. */
function rounded(magnitude: number, count: number): Digits {
  const up = significant(magnitude, count);
  const more = significant(magnitude, count + 25);
  if (!/^50*$/u.test(more.digits.slice(count)) || Number(more.digits[count - 1]) % 2 === 1) return up;
  return { digits: more.digits.slice(0, count), power: more.power };
}

/** As %.<precision>g prints it. */
export function formatG(value: number, precision: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  if (Number.isInteger(value) && Math.abs(value) < 10 ** Math.min(precision, 15)) return String(value);
  const { digits, power } = rounded(Math.abs(value), precision);
  const sign = value < 0 ? "-" : "";
  const kept = digits.replace(/0+$/u, "");
  if (power < -4 || power >= precision) {
    const fraction = kept.length > 1 ? `.${kept.slice(1)}` : "";
    return `${sign}${kept[0]}${fraction}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${kept}`;
  if (kept.length <= power + 1) return sign + kept.padEnd(power + 1, "0");
  return `${sign}${kept.slice(0, power + 1)}.${kept.slice(power + 1)}`;
}

const NUMBER =
  /[+-]?(?:0x(?:[0-9a-f]+\.?[0-9a-f]*|\.[0-9a-f]+)(?:p[+-]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan(?:\(\w*\))?)/iy;

export interface ParsedNumber {
  readonly value: number;
  readonly end: number;
}

/** Reads a number at a position as strtod does; null when there is none. */
export function parseNumber(text: string, at: number): ParsedNumber | null {
  NUMBER.lastIndex = at;
  const match = NUMBER.exec(text);
  if (match === null) return null;
  const [found] = match;
  return { value: numberOf(found.toLowerCase()), end: at + found.length };
}

function numberOf(text: string): number {
  const negative = text.startsWith("-");
  const bare = /^[+-]/u.test(text) ? text.slice(1) : text;
  const magnitude = bare.startsWith("inf")
    ? Number.POSITIVE_INFINITY
    : bare.startsWith("nan")
      ? Number.NaN
      : bare.startsWith("0x")
        ? hexadecimal(bare.slice(2))
        : Number(bare);
  return negative ? -magnitude : magnitude;
}

function hexadecimal(text: string): number {
  const [mantissa, exponent = "0"] = text.split("p");
  const [whole, fraction = ""] = mantissa.split(".");
  return Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
}

const TWO_63 = 2 ** 63;
const INT64_MIN = -(2n ** 63n);

/** A double as a 64-bit integer, as the reference platform converts: what does not fit becomes the smallest. */
export function toInt64(value: number): bigint {
  return Math.abs(value) < TWO_63 ? BigInt(Math.trunc(value)) : INT64_MIN;
}

/** A double as an unsigned 64-bit integer, negative ones by their two's complement. */
export function toUint64(value: number): bigint {
  if (value < 0 || Number.isNaN(value)) return BigInt.asUintN(64, toInt64(value));
  if (value < TWO_63) return BigInt(Math.trunc(value));
  return value < 2 * TWO_63 ? BigInt(value) : 0n;
}
