// Reading a table between its rows.

/** Where a value lies in an ascending column: row and part of the way to the next. */
export function place(column: readonly number[], value: number): number {
  let at = 0;
  while (at < column.length - 1 && column[at + 1] <= value) at++;
  if (at === column.length - 1) return at;
  if (value <= column[0]) return 0;
  return at + (value - column[at]) / (column[at + 1] - column[at]);
}

export function readAt(column: readonly number[], at: number): number {
  const low = Math.floor(at);
  if (low >= column.length - 1) return column[column.length - 1];
  return column[low] + (at - low) * (column[low + 1] - column[low]);
}
