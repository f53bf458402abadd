// Bytes per stream against real servers: used_memory and MEMORY USAGE by version, number of entries, with and without a
// group that has not acknowledged anything (shared/truth/memory.json).

import { describe, expect, it } from "vitest";
import { testEngine } from "../engine/harness.ts";
import { wire } from "../engine/wire.ts";
import { keyAt } from "./string-rows.ts";
import { type MemoryRow, memoryRows, noTruth } from "./truth.ts";

type StreamRow = MemoryRow & { readonly elements: number };

const PROFILES: Readonly<Record<string, string>> = {
  "valkey-8.0.1": "valkey-8.0",
  "valkey-7.2.7": "valkey-7.2",
  "redis-7.0.15": "redis-7.0",
};
const FIRST_MS = 1_700_000_000_000;

/** The calls that made key number i of a row. */
function callsOf({ type, elements, value, keylen }: StreamRow, i: number): string[][] {
  const key = keyAt(i, keylen);
  const text = "v".repeat(value);
  const calls = Array.from({ length: elements }, (_, j) => ["XADD", key, `${FIRST_MS + j}-0`, "f1", text, "f2", text]);
  if (type === "stream") return calls;
  return [
    ...calls,
    ["XGROUP", "CREATE", key, "g", "0"],
    ["XREADGROUP", "GROUP", "g", "c", "COUNT", "100", "STREAMS", key, ">"],
  ];
}

function load(row: StreamRow): { perKey: number; usage: number } {
  const [server] = row.server.split(/-(?:cluster|debian)$/u);
  const engine = testEngine({
    profile: PROFILES[server],
    quantum: row.server.endsWith("-debian") ? 16 : 8,
    parameters: { "latency-tracking": "no", "cluster-enabled": row.server.endsWith("-cluster") ? "yes" : "no" },
  });
  const session = engine.session(1);
  const before = engine.usedMemory;
  for (let i = 0; i < row.n; i++) for (const call of callsOf(row, i)) engine.execute(session, call);
  for (let tick = 1; tick <= 100; tick++) engine.cron(engine.nowMs + 100);
  const usage = Number(String(wire(engine.execute(session, ["memory", "usage", keyAt(1, row.keylen)]))).slice(1));
  return { perKey: (engine.usedMemory - before) / row.n, usage };
}

describe("used_memory and MEMORY USAGE of streams", () => {
  it.skipIf(noTruth !== null)("lie within 1 % of all measured rows", { timeout: 60_000 }, () => {
    const rows = memoryRows().filter(({ type }) => type === "stream" || type === "stream-group") as StreamRow[];
    expect(rows.length).toBeGreaterThanOrEqual(16);
    let worst = { error: -1, text: "" };
    for (const row of rows) {
      const { perKey, usage } = load(row);
      const text = `${row.server} ${row.type} of ${row.elements}: ours ${perKey.toFixed(1)}, measured ${row.per_key}`;
      const error = Math.abs(perKey / row.per_key - 1);
      expect(error, text).toBeLessThan(0.01);
      expect(usage, `${text}; MEMORY USAGE`).toBe(row.memory_usage);
      if (error > worst.error) worst = { error, text };
    }
    console.log(`worst of ${rows.length} rows (${(worst.error * 100).toFixed(3)} %): ${worst.text}`);
  });
});
