// The memory that a save duplicates, against saves measured on redis-server 7.0.15 (Debian's build, allocator quantum 16):
// models/physics.md, section 1.2, "Samples".

import { VirtualBytes } from "../../src/engine/bytes.ts";
import { Engine } from "../../src/engine/engine.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import { CopyOnWrite } from "../../src/models/copy-on-write.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { MIB } from "../../src/units.ts";
import type { Subject } from "./row.ts";

/** RSS in MiB, value bytes, distinct keys rewritten, MiB that the server reported. */
const MEASURED = [
  [214, 100, 6_839, 61.2],
  [214, 100, 34_333, 143.2],
  [213, 1_000, 36_782, 117.7],
  [213, 1_000, 18_648, 73.7],
  [1_008, 1_000, 487_030, 909.0],
  [1_008, 1_000, 172_025, 560.3],
] as const;

const PROCESS_BYTES = 8e6;

export function filled(
  keys: number,
  value: number,
  rssMiB?: number,
): { engine: Engine; count: number; set(key: number): void } {
  const engine = new Engine({
    profile: engineProfile("redis-7.0")!,
    quantum: 16,
    random: randomFrom("copy-on-write"),
    parameters: { "latency-tracking": "no" },
  });
  const session = engine.session(1);
  const bytes = new VirtualBytes(value, 1);
  const set = (key: number) => engine.execute(session, ["set", `key${String(key).padStart(8, "0")}`, bytes]);
  const wanted = rssMiB === undefined ? Number.POSITIVE_INFINITY : (rssMiB * MIB - PROCESS_BYTES) / 1.02;
  let count = 0;
  while (count < keys && engine.usedMemory < wanted) {
    set(count++);
    if (count % 1_000 === 0) engine.cron(engine.nowMs + 100);
  }
  return { engine, count, set };
}

export const copyOnWrite: Subject = {
  title: "Copy-on-write of a save",
  about:
    "Memory that a save duplicates when so many keys, spread evenly over the data set, are rewritten while it runs, against " +
    "what redis-server 7.0.15 reported (models/physics.md 1.2, measured 2026-11).",
  missing: null,
  rows: () =>
    MEASURED.map(([rss, value, distinct, measured]) => {
      const { engine, count, set } = filled(Number.POSITIVE_INFINITY, value, rss);
      const save = new CopyOnWrite(engine);
      const step = count / distinct;
      for (let i = 0; i < distinct; i++) set(Math.floor(i * step));
      return {
        what: `RSS ${rss} MiB, values of ${value} B, ${distinct} keys rewritten`,
        predicted: save.bytes(1) / MIB,
        reference: measured,
        unit: "MiB",
        bound: 0.1,
        kind: "relative" as const,
      };
    }),
};
