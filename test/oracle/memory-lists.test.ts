// Bytes per key of lists and HyperLogLogs against real servers: used_memory and MEMORY USAGE, measured in
// shared/truth/memory.json.

import { describe, expect, it } from "vitest";
import { testEngine } from "../engine/harness.ts";
import { wire } from "../engine/wire.ts";
import { keyAt } from "./string-rows.ts";
import { type MemoryRow, memoryRows, noTruth } from "./truth.ts";

interface Row extends MemoryRow {
  readonly elements: number;
  readonly encoding: string;
  readonly memory_usage_samples0: number;
}

const PROFILES: Readonly<Record<string, string>> = {
  "valkey-8.0.1": "valkey-8.0",
  "valkey-7.2.7": "valkey-7.2",
  "redis-7.0.15": "redis-7.0",
};

/** Elements per command, as they were sent. */
const PER_CALL = 500;

function callsOf({ type, elements, value }: Row, key: string): string[][] {
  const all = Array.from({ length: elements }, (_, j) =>
    type === "hll" ? `e${j}` : `e${String(j).padStart(value - 1, "0")}`,
  );
  const name = type === "hll" ? "pfadd" : "rpush";
  const calls: string[][] = [];
  for (let from = 0; from < elements; from += PER_CALL) calls.push([name, key, ...all.slice(from, from + PER_CALL)]);
  return calls;
}

function load(row: Row) {
  const [server] = row.server.split(/-debian$/u);
  const engine = testEngine({
    profile: PROFILES[server],
    quantum: row.server.endsWith("-debian") ? 16 : 8,
    parameters: { "latency-tracking": "no" },
  });
  const session = engine.session(1);
  const before = engine.usedMemory;
  for (let i = 0; i < row.n; i++) for (const call of callsOf(row, keyAt(i, row.keylen))) engine.execute(session, call);
  for (let tick = 1; tick <= 100; tick++) engine.cron(engine.nowMs + 100);
  const perKey = (engine.usedMemory - before) / row.n;
  const ask = (...call: string[]) => String(wire(engine.execute(session, call))).slice(1);
  return {
    perKey,
    usage: Number(ask("memory", "usage", keyAt(1, row.keylen))),
    whole: Number(ask("memory", "usage", keyAt(1, row.keylen), "samples", "0")),
    encoding: ask("object", "encoding", keyAt(1, row.keylen)),
  };
}

if (noTruth !== null) console.log(`bytes of lists are not compared: ${noTruth}`);

describe.skipIf(noTruth !== null)("used_memory and MEMORY USAGE of lists and HyperLogLogs", () => {
  it("lie within 1 % of all measured rows", () => {
    const rows = (noTruth === null ? (memoryRows() as Row[]) : []).filter(row => ["list", "hll"].includes(row.type));
    expect(rows.length).toBeGreaterThan(25);
    let worst = { error: -1, text: "" };
    for (const row of rows) {
      const ours = load(row);
      const text = `${row.server} ${row.type} of ${row.elements} x ${row.value}: ours ${ours.perKey}, measured ${row.per_key}`;
      const error = Math.abs(ours.perKey / row.per_key - 1);
      expect(error, text).toBeLessThan(0.01);
      expect(
        Math.abs(ours.usage / row.memory_usage - 1),
        `${text}; usage ${ours.usage}, ${row.memory_usage}`,
      ).toBeLessThan(0.01);
      expect(Math.abs(ours.whole / row.memory_usage_samples0 - 1), text).toBeLessThan(0.01);
      expect(ours.encoding, text).toBe(row.encoding);
      if (error > worst.error) worst = { error, text };
    }
    console.log(`worst of ${rows.length} rows (${(worst.error * 100).toFixed(3)} %): ${worst.text}`);
  });
});
