// What a sweep varies: `-m path=a,b,c` is one axis, several axes are a grid, the first of them the slowest. Commas inside
// brackets and quotes belong to a value; `1..8` and `1..9:2` are whole numbers from, to and step.

export interface Axis {
  readonly path: string;
  /** As they would be written after --set path=. */
  readonly values: readonly string[];
}

export class AxisError extends Error {
  override readonly name = "AxisError";
}

const RANGE = /^(-?\d+)\.\.(-?\d+)(?::(\d+))?$/u;
const MAX_VALUES = 100_000;

/** Parses one -m argument. Throws AxisError. */
export function parseAxis(text: string): Axis {
  const equals = text.indexOf("=");
  if (equals < 1) throw new AxisError(`-m ${text}: needs the form path=a,b,c`);
  const path = text.slice(0, equals);
  const parts = splitValues(text.slice(equals + 1));
  if (parts.some(part => part === "")) throw new AxisError(`-m ${text}: has an empty value between two commas`);
  const values = parts.flatMap(part => expand(part, text));
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) throw new AxisError(`-m ${text}: names ${twice} twice`);
  return { path, values };
}

function expand(part: string, text: string): string[] {
  const match = RANGE.exec(part);
  if (match === null) return [part];
  const [from, to, step] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 1)];
  if (to < from) throw new AxisError(`-m ${text}: ${part} goes down; write the smaller number first`);
  if (step === 0) throw new AxisError(`-m ${text}: ${part} has no step`);
  const count = Math.floor((to - from) / step) + 1;
  if (count > MAX_VALUES) throw new AxisError(`-m ${text}: ${part} has ${count} values, more than ${MAX_VALUES}`);
  return Array.from({ length: count }, (_, i) => String(from + i * step));
}

/** Splits at commas that are not within brackets or quotes. */
export function splitValues(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (quote !== "") {
      if (sign === quote) quote = "";
    } else if (sign === '"' || sign === "'") quote = sign;
    else if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) depth--;
    else if (sign === "," && depth === 0) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  parts.push(text.slice(from).trim());
  return parts;
}

/** All points of the grid, each a value per axis, in order. */
export function gridOf(axes: readonly Axis[]): Record<string, string>[] {
  const paths = new Set<string>();
  for (const { path } of axes) {
    if (paths.has(path)) throw new AxisError(`-m ${path}: is given twice; name all its values in one`);
    paths.add(path);
  }
  return axes.reduce<Record<string, string>[]>(
    (points, { path, values }) => points.flatMap(point => values.map(value => ({ ...point, [path]: value }))),
    [{}],
  );
}

/** Points of a list file: a YAML list of mappings from path to value, all of the same paths. */
export function listOf(value: unknown, file: string): { axes: string[]; points: Record<string, string>[] } {
  if (!Array.isArray(value) || value.length === 0) {
    throw new AxisError(`${file}: is no list of points such as «- { cluster.shards: 3, cluster.replicas: 1 }»`);
  }
  const axes = Object.keys((value[0] ?? {}) as object);
  const points = value.map((point: unknown, i) => {
    const names = typeof point === "object" && point !== null ? Object.keys(point) : [];
    if (names.length === 0 || names.length !== axes.length || !axes.every(axis => names.includes(axis))) {
      throw new AxisError(`${file}: point ${i + 1} has not the paths of the first one, ${axes.join(", ")}`);
    }
    const given = point as Record<string, unknown>;
    return Object.fromEntries(axes.map(axis => [axis, asSetting(given[axis])]));
  });
  return { axes, points };
}

function asSetting(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
