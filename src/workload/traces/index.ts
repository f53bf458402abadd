// The table of trace formats. A new one is one file and one line here; scenarios, `mrc`, messages and documentation follow.

import { cachelib } from "./cachelib.ts";
import { csv } from "./csv.ts";
import type { TraceFormat } from "./format.ts";
import { keydump } from "./keydump.ts";
import { libcachesimCsv, libcachesimTxt } from "./libcachesim-text.ts";
import { monitor } from "./monitor.ts";
import { oracleGeneral } from "./oracle-general.ts";
import { twitter } from "./twitter.ts";
import { vscsi } from "./vscsi.ts";

/** In the order in which they are looked for: those with a mark of their own first, those known by guesses last. */
export const TRACE_FORMATS: readonly TraceFormat[] = [
  csv,
  cachelib,
  keydump,
  monitor,
  twitter,
  vscsi,
  oracleGeneral,
  libcachesimTxt,
  libcachesimCsv,
];

/** Bytes from the start of a file that are enough to know it. */
export const HEAD_BYTES = 4_096;

/** The format that the first bytes look like. */
export function detectFormat(head: Buffer): TraceFormat | null {
  return TRACE_FORMATS.find(format => format.detect(head)) ?? null;
}

export function traceFormat(name: string): TraceFormat | undefined {
  return TRACE_FORMATS.find(format => format.name === name);
}

/**
 * The format to read a file in: the wanted one, or else what it looks like. A sentence when it cannot be read.
 * A file may look like several; it is refused only if it looks like another and not like the wanted one.
 */
export function chooseFormat(
  head: Buffer,
  wanted: TraceFormat | null,
  columns: string | undefined,
): TraceFormat | string {
  if (head.length === 0) return "is empty";
  if (wanted === null && columns !== undefined) return chooseFormat(head, libcachesimCsv, columns);
  const found = detectFormat(head);
  if (wanted === null) return found ?? unknownText(head);
  if (wanted.needsColumns !== true && columns !== undefined) {
    return `columns are for ${libcachesimCsv.name}; ${wanted.name} knows its own`;
  }
  if (wanted.needsColumns === true || wanted.detect(head)) return wanted;
  return found === null
    ? `is no ${wanted.name} trace (${wanted.summary}); ${start(head)}`
    : `is no ${wanted.name} trace but looks like ${found.name} (${found.summary})`;
}

function unknownText(head: Buffer): string {
  const known = TRACE_FORMATS.map(format => `  ${format.name.padEnd(18)} ${format.summary}`).join("\n");
  return `is no trace of a known format: ${start(head)}. There are\n${known}`;
}

function start(head: Buffer): string {
  const line = head.toString("latin1").split(/\r?\n/u)[0];
  if (/^[\t\x20-\x7e]*$/u.test(line)) return `it begins with «${line.length > 60 ? `${line.slice(0, 60)}…` : line}»`;
  return `it begins with the bytes ${head.subarray(0, 8).toString("hex")}`;
}
