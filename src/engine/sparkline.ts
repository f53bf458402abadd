// A row of values drawn with letters, four lines high, each value with its label written downwards below it.

export interface SparklineValue {
  readonly value: number;
  readonly label: string;
}

const COLUMNS = 80;
const ROWS = 4;
/** A column's top, low to high; below it the column is solid. */
const TOPS = "_o#";
const SOLID = "|";

export function sparkline(values: readonly SparklineValue[]): string {
  const numbers = values.map(({ value }) => value);
  const low = Math.min(...numbers);
  const range = Math.max(...numbers) - low || 1;
  const steps = TOPS.length * ROWS;
  const heights = numbers.map(value => Math.min(steps - 1, Math.floor(((value - low) * steps) / range)));
  const parts: string[] = [];
  for (let from = 0; from < values.length; from += COLUMNS) {
    const labels = values.slice(from, from + COLUMNS).map(({ label }) => label);
    parts.push(drawn(heights.slice(from, from + COLUMNS), labels));
  }
  return parts.join("\n");
}

function drawn(heights: readonly number[], labels: readonly string[]): string {
  const lines: string[] = [];
  for (let row = ROWS - 1; row >= 0; row--) {
    lines.push(heights.map(height => charAt(height - row * TOPS.length)).join(""));
  }
  lines.push(" ".repeat(heights.length));
  const longest = Math.max(...labels.map(label => label.length));
  for (let i = 0; i < longest; i++) lines.push(labels.map(label => label[i] ?? " ").join(""));
  return lines.map(line => `${line}\n`).join("");
}

function charAt(height: number): string {
  if (height < 0) return " ";
  return TOPS[height] ?? SOLID;
}
