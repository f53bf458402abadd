// The data of the page: base64 of deflated JSON, read once.

import type { Cell, Frame, PageData } from "../charts/spec.ts";

async function inflate(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}

/** The axis travels as differences. */
function restore(frame: Frame): Frame {
  let end = 0;
  return { ...frame, axis: frame.axis.map(step => (end = Number((end + step).toPrecision(9)))) };
}

export async function readData(): Promise<PageData> {
  const data: PageData = JSON.parse(await inflate(document.getElementById("data")?.textContent ?? ""));
  return { ...data, frames: data.frames.map(restore) };
}

/** The row that holds an instant; -1 beyond the ends. */
export function rowAt(axis: readonly number[], instant: number): number {
  let low = 0;
  let high = axis.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (axis[middle] < instant) low = middle + 1;
    else high = middle;
  }
  return low < axis.length ? low : -1;
}

/** Lowest and highest value of a row. */
export function valuesAt(frame: Frame, column: number, row: number): readonly [Cell, Cell] {
  const values = frame.columns[column];
  return frame.group === 1 ? [values[row], values[row]] : [values[2 * row], values[2 * row + 1]];
}
