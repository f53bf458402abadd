// Bytes per string key against real servers; the rows carried along in test/oracle/memory-strings.json.

import strings from "../oracle/memory-strings.json" with { type: "json" };
import { describeRow, load, type StringRow } from "../oracle/string-rows.ts";
import type { Subject } from "./row.ts";

export const memory: Subject = {
  title: "Memory per string key",
  about:
    "Growth of used_memory per key, hash tables included, against servers filled with the same keys (redis-server 7.0.15, " +
    "Valkey 7.2.7 and 8.0.1; measured 2026-11). A sample of the rows that the tests hold.",
  missing: null,
  rows: () =>
    (strings.rows as StringRow[]).map(row => ({
      what: describeRow(row),
      predicted: load(row).perKey,
      reference: row.per_key,
      unit: "B",
      bound: 0.01,
      kind: "relative" as const,
    })),
};
