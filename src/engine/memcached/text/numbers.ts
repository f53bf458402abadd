// Numbers as the server reads them, with strtol and its relatives: blanks and a sign before the digits, nothing, white space
// or a zero byte behind them. 32-bit numbers come from 64-bit ones by cutting off what is above.

const WHOLE = /^[\t-\r ]*([+-]?)(\d+)(?:[\0\t-\r ]|$)/u;
const TWO_64 = 1n << 64n;
const TWO_63 = 1n << 63n;

/** Unsigned, 64 bits; null: no number. A minus counts from the top, unless the result has its highest bit set. */
export function unsigned64(text: string): bigint | null {
  const found = WHOLE.exec(text);
  if (found === null) return null;
  const size = BigInt(found[2]);
  if (size >= TWO_64) return null;
  const value = found[1] === "-" ? BigInt.asUintN(64, -size) : size;
  return value >= TWO_63 && text.includes("-") ? null : value;
}

export function unsigned32(text: string): number | null {
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  const value = unsigned64(text);
  return value === null ? null : Number(BigInt.asUintN(32, value));
}

export function signed32(text: string): number | null {
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  const found = WHOLE.exec(text);
  if (found === null) return null;
  const value = found[1] === "-" ? -BigInt(found[2]) : BigInt(found[2]);
  return value >= TWO_63 || value < -TWO_63 ? null : Number(BigInt.asIntN(32, value));
}

/** A CAS id: beyond 2^53 it is no id that was ever given out, and stays larger than all of them. */
export function casId(text: string): number | null {
  const value = unsigned64(text);
  return value === null ? null : Number(value);
}

/** A fraction, as strtod reads plain ones. */
export function fraction(text: string): number | null {
  return /^[\t-\r ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?:[\t-\r ]|$)/iu.test(text) ? Number.parseFloat(text) : null;
}
