// The decimal digits of a double as the servers find them since 7.2: Grisu2 (Florian Loitsch, "Printing floating-point numbers
// quickly and accurately with integers", 2010). It always reads back the same, but of about one in a thousand doubles it
// prints a digit more than needed, or not the nearest one. The runtime's own conversion is exact, and much faster than
// this one in big integers: where both must agree it is taken.

/** Up to so many digits at most one candidate reads back as the double. */
const AGREED_DIGITS = 15;
/** Powers of ten that are exact in doubles. */
const EXACT_POWER = 22;
/** Grisu2 sees a candidate unless it is at the very edge of what reads back the same, half a unit in the last place away. */
const SEEN = 0.49;

const FRACTION_BITS = 52n;
const HIDDEN_BIT = 1n << FRACTION_BITS;
const EXPONENT_BIAS = 1_075;
const MASK_64 = (1n << 64n) - 1n;

/** Powers of ten from 10^-348 on, in steps of 8: 64 bits of significand and an exponent to the base 2. */
const FIRST_POWER = -348;
const POWER_STEP = 8;
const POWERS = 87;
/** The product with a power of ten must have its exponent in here. */
const MIN_EXPONENT = -60;
const MAX_EXPONENT = -32;
const LOG10_OF_2 = 0.30102999566398114;

interface Float {
  readonly fraction: bigint;
  readonly exponent: number;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function powerOfTen(power: number): Float {
  const ten = 10n ** BigInt(Math.abs(power));
  // Many more bits than needed, then rounded to 64.
  const exact = power >= 0 ? ten << 1_300n : (1n << 2_700n) / ten;
  const scale = power >= 0 ? -1_300 : -2_700;
  const drop = bitLength(exact) - 64;
  const rounded = (exact + (1n << BigInt(drop - 1))) >> BigInt(drop);
  return { fraction: rounded, exponent: scale + drop };
}

const powers: (Float | undefined)[] = new Array(POWERS).fill(undefined);

function cachedPower(exponent: number): { power: Float; decimal: number } {
  let index = Math.trunc((Math.trunc(-(exponent + POWERS) * LOG10_OF_2) - FIRST_POWER) / POWER_STEP);
  for (;;) {
    const power = (powers[index] ??= powerOfTen(FIRST_POWER + index * POWER_STEP));
    const product = exponent + power.exponent + 64;
    if (product < MIN_EXPONENT) index++;
    else if (product > MAX_EXPONENT) index--;
    else return { power, decimal: FIRST_POWER + index * POWER_STEP };
  }
}

function normalised(fraction: bigint, exponent: number): Float {
  const shift = 64 - bitLength(fraction);
  return { fraction: fraction << BigInt(shift), exponent: exponent - shift };
}

/** The upper half of the product, rounded. */
function multiply(left: Float, right: Float): Float {
  const product = left.fraction * right.fraction + (1n << 63n);
  return { fraction: product >> 64n, exponent: left.exponent + right.exponent + 64 };
}

export interface Digits {
  /** Without leading zeros. */
  readonly digits: string;
  /** The power of ten of the first one. */
  readonly power: number;
}

/** The digits of a positive, finite double. */
export function decimalDigits(value: number): Digits {
  const text = value.toExponential();
  const e = text.indexOf("e");
  const digits = text[0] + text.slice(2, e);
  const power = Number(text.slice(e + 1));
  const last = power - digits.length + 1;
  if (digits.length <= AGREED_DIGITS && isNear(value, Number(digits), last)) return { digits, power };
  return grisu2(value);
}

/** Whether whole * 10^power is so near the double that Grisu2 finds it; false when that is not quickly told. */
function isNear(value: number, whole: number, power: number): boolean {
  if (power > 0 || power < -EXACT_POWER) return false;
  const scale = 10 ** -power;
  view.setFloat64(0, value);
  const biased = (view.getUint32(0) >>> 20) & 0x7ff;
  // Powers of two have a nearer neighbour below; tiny numbers have fewer bits.
  if (biased < 64 || ((view.getUint32(0) & 0xfffff) === 0 && view.getUint32(4) === 0)) return false;
  const unit = 2 ** (biased - EXPONENT_BIAS);
  return Math.abs(productDifference(value, scale, whole)) < SEEN * unit * scale;
}

/** left * right - minus without the rounding of the product (Dekker). */
function productDifference(left: number, right: number, minus: number): number {
  const product = left * right;
  const [leftHigh, leftLow] = split(left);
  const [rightHigh, rightLow] = split(right);
  const error = leftLow * rightLow - (product - leftHigh * rightHigh - leftLow * rightHigh - leftHigh * rightLow);
  return product - minus + error;
}

function split(value: number): [high: number, low: number] {
  const shifted = value * 134_217_729;
  const high = shifted - (shifted - value);
  return [high, value - high];
}

const view = new DataView(new ArrayBuffer(8));

export function grisu2(value: number): Digits {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> FRACTION_BITS) & 0x7ffn);
  const fraction = (bits & (HIDDEN_BIT - 1n)) + (biased === 0 ? 0n : HIDDEN_BIT);
  const exponent = (biased === 0 ? 1 : biased) - EXPONENT_BIAS;

  // The middles between this double and its neighbours.
  const high = normalised((fraction << 1n) + 1n, exponent - 1);
  const wide = fraction === HIDDEN_BIT ? 2n : 1n;
  const low = ((fraction << wide) - 1n) << BigInt(exponent - Number(wide) - high.exponent);

  const { power, decimal } = cachedPower(high.exponent);
  const exact = multiply(normalised(fraction, exponent), power);
  const upper = multiply(high, power);
  const lower = multiply({ fraction: low & MASK_64, exponent: high.exponent }, power);
  // One unit inwards on either side: the products are not exact.
  return generate(exact.fraction, upper.fraction - 1n, lower.fraction + 1n, -upper.exponent, -decimal);
}

/** Digits of the upper end until what is left is within the interval; then the last one goes down towards the double. */
function generate(exact: bigint, upper: bigint, lower: bigint, fractionBits: number, decimal: number): Digits {
  const one = 1n << BigInt(fractionBits);
  const away = upper - exact;
  let delta = upper - lower;
  let rest = upper & (one - 1n);
  let digits = (upper >> BigInt(fractionBits)).toString();
  const whole = upper >> BigInt(fractionBits);
  let unit = 1n;
  // Of the digits before the point only as many as are needed.
  for (let kept = 1; kept <= digits.length && whole > 0n; kept++) {
    const dropped = digits.length - kept;
    unit = 10n ** BigInt(dropped);
    const left = ((whole % unit) << BigInt(fractionBits)) + rest;
    if (left > delta) continue;
    const shown = digits.slice(0, kept);
    return finish(shown, delta, left, unit << BigInt(fractionBits), away, decimal + dropped);
  }
  if (whole === 0n) digits = "";
  let scaled = away;
  for (let place = decimal - 1; ; place--) {
    rest *= 10n;
    delta *= 10n;
    scaled *= 10n;
    const digit = rest >> BigInt(fractionBits);
    if (digits !== "" || digit > 0n) digits += digit.toString();
    rest &= one - 1n;
    if (rest < delta) return finish(digits, delta, rest, one, scaled, place);
  }
}

function finish(digits: string, delta: bigint, left: bigint, unit: bigint, away: bigint, last: number): Digits {
  let rest = left;
  let steps = 0;
  while (rest < away && delta - rest >= unit && (rest + unit < away || away - rest > rest + unit - away)) {
    steps++;
    rest += unit;
  }
  const shown = digits.slice(0, -1) + String(Number(digits.slice(-1)) - steps);
  return { digits: shown, power: last + digits.length - 1 };
}
