// JavaScript functions as entries of a WebAssembly table: a table takes only functions that come out of a module, so a small
// module is written that imports them and exports them again.

import { Wasm } from "./webassembly.ts";

export type LuaFunction = (state: number) => number;

const I32 = 0x7f;

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const body = [...leb(items.length), ...items.flat()];
  return [id, ...leb(body.length), ...body];
}

function name(text: string): number[] {
  return [...leb(text.length), ...[...text].map(letter => letter.charCodeAt(0))];
}

/** The functions with so many parameters and one result, or none, as the table takes them. */
export function exported(
  functions: readonly ((...args: number[]) => number | undefined)[],
  parameters: number,
  result: boolean,
): unknown[] {
  const type = [0x60, parameters, ...new Array<number>(parameters).fill(I32), ...(result ? [1, I32] : [0])];
  const bytes = new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type]),
    ...section(
      2,
      functions.map((_, i) => [...name("f"), ...name(String(i)), 0, 0]),
    ),
    ...section(
      7,
      functions.map((_, i) => [...name(String(i)), 0, ...leb(i)]),
    ),
  ]);
  const imports = { f: Object.fromEntries(functions.map((one, i) => [String(i), one])) };
  const { exports } = new Wasm.Instance(new Wasm.Module(bytes), imports);
  return functions.map((_, i) => exports[String(i)]);
}
