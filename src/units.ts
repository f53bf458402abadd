// Quantities with units are text at the door and plain numbers inside: integer nanoseconds, bytes, events per second,
// US dollars, fractions. This file is the only grammar. It is strict: KiB (1024) is not kB (1000), a bare number is no
// duration, and what is not understood is refused with the list of what would have been.

export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_SECOND = 1_000_000_000;
export const NS_PER_MINUTE = 60 * NS_PER_SECOND;
export const NS_PER_HOUR = 3_600 * NS_PER_SECOND;
export const NS_PER_DAY = 86_400 * NS_PER_SECOND;

export const KIB = 1_024;
export const MIB = 1_024 * KIB;
export const GIB = 1_024 * MIB;
/** Bandwidth is sold in decimal gigabits a second. */
export const BYTES_PER_GBIT = 1e9 / 8;

/** Hours in the month that AWS quotes monthly prices for (elasticache-pricing.json, hoursPerMonth). */
export const HOURS_PER_MONTH = 730;

export const DURATION_UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: NS_PER_US,
  µs: NS_PER_US,
  ms: NS_PER_MS,
  s: NS_PER_SECOND,
  m: NS_PER_MINUTE,
  min: NS_PER_MINUTE,
  h: NS_PER_HOUR,
  d: NS_PER_DAY,
};

export const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: KIB,
  MiB: MIB,
  GiB: GIB,
  TiB: 1_024 * GIB,
};

export const COUNT_SUFFIXES: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9 };

/** Text that does not follow the grammar. `expected` completes the sentence "needs …". */
export class UnitError extends Error {
  override readonly name = "UnitError";
  constructor(
    readonly text: string,
    readonly expected: string,
    /** What was probably meant: "; did you mean …?" */
    hint = "",
  ) {
    super(`needs ${expected}, got «${text}»${hint}`);
  }
}

const QUANTITY = /^\s*([+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\d\s].*?)?\s*$/u;

/** Splits "1.5 KiB" into number and unit; null when it is no such pair. */
function split(text: string): { value: number; unit: string } | null {
  const match = QUANTITY.exec(text);
  if (match === null) return null;
  const value = Number(match[1]);
  return Number.isFinite(value) ? { value, unit: match[2] ?? "" } : null;
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

const DURATION_HELP = "a duration such as 250us, 20ms, 1.5s, 10m, 1h or 2d";

/** "250us" → 250000. Integer nanoseconds, rounded to the nearest. Refuses negatives and beyond 104 days. */
export function parseDurationNs(text: string): number {
  const parts = split(text);
  const scale = parts === null ? undefined : own(DURATION_UNITS, parts.unit);
  if (parts === null || scale === undefined) throw new UnitError(text, DURATION_HELP);
  if (parts.value < 0) throw new UnitError(text, "a duration of zero or more");
  const ns = Math.round(parts.value * scale);
  // Instants stay exact integers in a double up to 2^53 ns (104 days).
  if (ns > Number.MAX_SAFE_INTEGER) throw new UnitError(text, "a duration of at most 104d");
  return ns;
}

const BYTES_HELP = "a size such as 512B, 1.2KiB, 64MiB or 4GB (KiB is 1024 bytes, kB is 1000)";

/** "1.5 KiB" → 1536. Bytes, rounded to the nearest; a bare number is refused so that nobody guesses the unit. */
export function parseBytes(text: string): number {
  const parts = split(text);
  const scale = parts === null ? undefined : own(BYTE_UNITS, parts.unit);
  if (parts === null || scale === undefined || parts.value < 0) throw new UnitError(text, BYTES_HELP);
  const bytes = Math.round(parts.value * scale);
  if (bytes > Number.MAX_SAFE_INTEGER) throw new UnitError(text, "a size below 8 PiB");
  return bytes;
}

const COUNT_HELP = "a count such as 500, 20k or 2M";

/** "2M" → 2000000. A whole number. */
export function parseCount(text: string | number): number {
  const parts = typeof text === "number" ? { value: text, unit: "" } : split(text);
  const scale = parts === null ? undefined : own(COUNT_SUFFIXES, parts.unit);
  if (parts === null || scale === undefined || parts.value < 0) throw new UnitError(String(text), COUNT_HELP);
  const count = parts.value * scale;
  const whole = Math.round(count);
  // 2.3k is 2299.9999999999995 in doubles: the last digits are forgiven, a fraction that was written is not.
  if (!Number.isSafeInteger(whole) || Math.abs(whole - count) > 4 * Number.EPSILON * count) {
    throw new UnitError(String(text), "a whole number such as 500, 20k or 2M");
  }
  return whole;
}

const RATE_HELP = "a rate such as 500/s, 20k/s, 90/min or 10/h";
const PER: Readonly<Record<string, number>> = { s: 1, min: 60, m: 60, h: 3_600, d: 86_400 };

/** "20k/s" → 20000. Events per second. */
export function parseRate(text: string): number {
  const parts = split(text);
  const match = parts === null ? null : /^([kMG]?)\s*\/\s*(s|min|m|h|d)$/u.exec(parts.unit);
  if (parts === null || match === null || parts.value < 0) throw new UnitError(text, RATE_HELP);
  const perSecond = (parts.value * COUNT_SUFFIXES[match[1]]) / PER[match[2]];
  if (!Number.isFinite(perSecond)) throw new UnitError(text, RATE_HELP);
  return perSecond;
}

/** "80%" → 0.8; a bare number is taken as the fraction itself. Not negative; who needs at most 1 checks that. */
export function parseFraction(text: string | number): number {
  const parts = typeof text === "number" ? { value: text, unit: "" } : split(text);
  const scale = parts?.unit === "%" ? 100 : parts?.unit === "" ? 1 : undefined;
  if (parts === null || scale === undefined || !(parts.value >= 0 && parts.value < Number.POSITIVE_INFINITY)) {
    throw new UnitError(String(text), "a share such as 80% or 0.8");
  }
  return parts.value / scale;
}

/** "$1500" or "$1,500.50" → 1500.5. US dollars. */
export function parseUsd(text: string): number {
  const match = /^\s*\$\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*$/u.exec(text);
  const usd = match === null ? Number.NaN : Number(match[1].replaceAll(",", "") + (match[2] ?? ""));
  if (!Number.isFinite(usd)) throw new UnitError(text, "an amount such as $1500");
  return usd;
}

/** "10ms..1s" → both ends. The lower end must not lie above the upper one. */
export function parseRange<T extends number>(text: string, parse: (part: string) => T): { low: T; high: T } {
  const parts = text.split("..");
  if (parts.length !== 2) throw new UnitError(text, "a range such as 10ms..1s");
  const low = parse(parts[0]);
  const high = parse(parts[1]);
  if (low > high) throw new UnitError(text, "a range whose first value is not above its second");
  return { low, high };
}

// ---------------------------------------------------------------------------------------------------------------
// Output: three significant digits, unit beside the number.

/** The share of the next unit from which on three digits round up to it: 999.5 us is 1 ms. */
const ROUNDS_UP = 0.9995;

/** Rounds to `digits` significant digits without exponent; whole digits are all kept and thousands get commas. */
export function formatNumber(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(12, Math.max(0, digits - 1 - magnitude));
  const rounded = Number(value.toPrecision(Math.max(digits, Math.min(15, magnitude + 1))));
  return formatterFor(decimals).format(rounded);
}

const formatters: Intl.NumberFormat[] = [];

/** Making a formatter takes forty times as long as using one. */
function formatterFor(decimals: number): Intl.NumberFormat {
  formatters[decimals] ??= new Intl.NumberFormat("en-US", { maximumFractionDigits: decimals, signDisplay: "negative" });
  return formatters[decimals];
}

export function formatDurationNs(ns: number): string {
  const abs = Math.abs(ns);
  if (abs >= 2 * NS_PER_DAY) return `${formatNumber(ns / NS_PER_DAY)} d`;
  if (abs >= 2 * NS_PER_HOUR) return `${formatNumber(ns / NS_PER_HOUR)} h`;
  if (abs >= 2 * NS_PER_MINUTE) return `${formatNumber(ns / NS_PER_MINUTE)} min`;
  if (abs >= ROUNDS_UP * NS_PER_SECOND) return `${formatNumber(ns / NS_PER_SECOND)} s`;
  if (abs >= ROUNDS_UP * NS_PER_MS) return `${formatNumber(ns / NS_PER_MS)} ms`;
  if (abs >= ROUNDS_UP * NS_PER_US) return `${formatNumber(ns / NS_PER_US)} us`;
  return `${formatNumber(ns)} ns`;
}

export function formatBytes(bytes: number): string {
  const abs = Math.abs(bytes);
  if (abs >= GIB - MIB / 2) return `${formatNumber(bytes / GIB)} GiB`;
  if (abs >= MIB - KIB / 2) return `${formatNumber(bytes / MIB)} MiB`;
  if (abs >= KIB) return `${formatNumber(bytes / KIB)} KiB`;
  return `${formatNumber(bytes)} B`;
}

export function formatCount(count: number): string {
  const abs = Math.abs(count);
  if (abs >= ROUNDS_UP * 1e9) return `${formatNumber(count / 1e9)} G`;
  if (abs >= ROUNDS_UP * 1e6) return `${formatNumber(count / 1e6)} M`;
  if (abs >= 1e5) return `${formatNumber(count / 1e3)} k`;
  return formatNumber(count, 5);
}

export function formatRate(perSecond: number): string {
  if (perSecond >= ROUNDS_UP * 1e6) return `${formatNumber(perSecond / 1e6)} M/s`;
  if (perSecond >= ROUNDS_UP * 1e3) return `${formatNumber(perSecond / 1e3)} k/s`;
  return `${formatNumber(perSecond)}/s`;
}

export function formatPercent(fraction: number): string {
  return `${formatNumber(fraction * 100)} %`;
}

export function formatUsd(usd: number): string {
  const decimals = Math.abs(usd) >= 999.995 ? 0 : 2;
  return usd.toLocaleString("en-US", {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: "negative",
  });
}
