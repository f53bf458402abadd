// Tables for the terminal.

import Table from "cli-table3";

/** A table with a header; every column but the first is right-aligned unless said otherwise. Ends with a line break. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  leftColumns: readonly number[] = [0],
): string {
  const made = new Table({
    head: [...header],
    colAligns: header.map((_, i) => (leftColumns.includes(i) ? "left" : "right")),
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 2 },
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: "",
    },
  });
  made.push(...rows.map(row => [...row]));
  return `${made
    .toString()
    .split("\n")
    .map(line => line.trimEnd())
    .join("\n")}\n`;
}
