// The x86 extended-precision numbers in which INCRBYFLOAT and HINCRBYFLOAT compute: a 64-bit significand and a wide
// exponent. A double would show 3.3000000000000003 where the server says 3.3. Exact rationals over BigInt, rounded to
// the significand after every step; speed does not matter here.
//
// A finite number is significand * 2^exponent with |significand| <= 2^64; an infinite one has an infinite exponent. Left
// out: the lower precision of denormals below 2^-16382, which print as zero at the 17 decimals shown anyway.

const SIGNIFICAND_BITS = 64;
const MAX_EXPONENT = 16_384;

export interface LongDouble {
  readonly significand: bigint;
  readonly exponent: number;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** Rounds numerator / denominator * 2^0 to a long double, ties to even; null beyond the largest one. */
function fromRatio(numerator: bigint, denominator: bigint): LongDouble | null {
  if (numerator === 0n) return { significand: 0n, exponent: 0 };
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  // Scale so that the quotient has exactly 64 bits or one more.
  let shift = SIGNIFICAND_BITS - (bitLength(magnitude) - bitLength(denominator));
  let [quotient, remainder, divisor] = divide(magnitude, denominator, shift);
  if (bitLength(quotient) > SIGNIFICAND_BITS) [quotient, remainder, divisor] = divide(magnitude, denominator, --shift);
  const twice = remainder * 2n;
  if (twice > divisor || (twice === divisor && (quotient & 1n) === 1n)) quotient++;
  if (bitLength(quotient) - shift > MAX_EXPONENT) return null;
  return { significand: negative ? -quotient : quotient, exponent: -shift };
}

function divide(magnitude: bigint, denominator: bigint, shift: number): [bigint, bigint, bigint] {
  const scaled = shift >= 0 ? magnitude << BigInt(shift) : magnitude;
  const divisor = shift >= 0 ? denominator : denominator << BigInt(-shift);
  return [scaled / divisor, scaled % divisor, divisor];
}

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/u;
const HEXADECIMAL = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?\d+))?$/iu;
const INFINITE = /^[+-]?inf(?:inity)?$/iu;
/** The server copies the text into a buffer of 5 KiB. */
const MAX_LENGTH = 5_119;
/** Beyond this power of ten no text of that length is in range, so that huge powers need not be computed. */
const MAX_POWER = 12_000;
/** The smallest denormal is 2^-16445: half of it still rounds to zero. */
const ZERO_BELOW = -16_446;

/**
 * A number as strtold reads it: decimal, hexadecimal or infinite. Null when the text is none, when it is NaN, and when
 * it is too large or too close to zero for the format.
 */
export function parseLongDouble(text: string): LongDouble | null {
  if (text.length > MAX_LENGTH) return null;
  if (INFINITE.test(text)) return { significand: text.startsWith("-") ? -1n : 1n, exponent: Number.POSITIVE_INFINITY };
  const decimal = DECIMAL.exec(text);
  const match = decimal ?? HEXADECIMAL.exec(text);
  if (match === null || match[2] + match[3] === "") return null;
  const digits = BigInt(`${decimal === null ? "0x" : ""}${match[2]}${match[3]}`);
  if (digits === 0n) return { significand: 0n, exponent: 0 };
  const fraction = match[3].length;
  const power = Number(match[4] ?? 0) - (decimal === null ? 4 * fraction : fraction);
  if (Math.abs(power) > (decimal === null ? 4 * MAX_POWER : MAX_POWER)) return null;
  const scale = (decimal === null ? 2n : 10n) ** BigInt(Math.abs(power));
  const value = power >= 0 ? fromRatio(digits * scale, 1n) : fromRatio(digits, scale);
  if (value === null || isNoMore(value)) return null;
  return match[1] === "-" ? { significand: -value.significand, exponent: value.exponent } : value;
}

/** Whether a positive number rounds to zero in the format. */
function isNoMore({ significand, exponent }: LongDouble): boolean {
  const top = bitLength(significand) - 1 + exponent;
  return top < ZERO_BELOW || (top === ZERO_BELOW && significand === 1n << BigInt(bitLength(significand) - 1));
}

/** Sum of two, rounded once; null when it is not finite. */
export function addLongDoubles(left: LongDouble, right: LongDouble): LongDouble | null {
  const exponent = Math.min(left.exponent, right.exponent);
  if (Math.max(left.exponent, right.exponent) === Number.POSITIVE_INFINITY) return null;
  const sum =
    (left.significand << BigInt(left.exponent - exponent)) + (right.significand << BigInt(right.exponent - exponent));
  return exponent >= 0 ? fromRatio(sum << BigInt(exponent), 1n) : fromRatio(sum, 1n << BigInt(-exponent));
}

const DECIMALS = 17;

/** Fixed notation with 17 decimals, trailing zeros removed: how the server shows the result. */
export function formatLongDouble({ significand, exponent }: LongDouble): string {
  const scaled = significand * 10n ** BigInt(DECIMALS);
  let rounded: bigint;
  if (exponent >= 0) {
    rounded = scaled << BigInt(exponent);
  } else {
    const divisor = 1n << BigInt(-exponent);
    const magnitude = scaled < 0n ? -scaled : scaled;
    let quotient = magnitude / divisor;
    const twice = (magnitude % divisor) * 2n;
    if (twice > divisor || (twice === divisor && (quotient & 1n) === 1n)) quotient++;
    rounded = scaled < 0n ? -quotient : quotient;
  }
  const negative = rounded < 0n;
  const digits = (negative ? -rounded : rounded).toString().padStart(DECIMALS + 1, "0");
  const whole = digits.slice(0, -DECIMALS);
  const fraction = digits.slice(-DECIMALS).replace(/0+$/u, "");
  return `${negative ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
