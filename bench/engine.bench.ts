// The engine alone, without kernel, network or clients: GET and SET per CPU second at a million keys, with keys and
// values as the workload generators hand them over, and the JavaScript heap that a simulated key takes.

import { VirtualBytes } from "../src/engine/bytes.ts";
import { Engine } from "../src/engine/engine.ts";
import { hashKey } from "../src/engine/keyspace.ts";
import { engineProfile } from "../src/engine/profile.ts";
import { randomFrom } from "../src/sim/random.ts";
import { cpuSeconds } from "./cpu.ts";

const KEYS = 1_000_000;
const CALLS = 4_000_000;

function heapBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const random = randomFrom("engine-bench");
const before = heapBytes();
const engine = new Engine({ profile: engineProfile("valkey-8.0")!, random: randomFrom("engine") });
const session = engine.session(1);
// Flat strings, as the workload's key tables and the protocol reader make them, and their hashes.
const keys = Array.from({ length: KEYS }, (_, i) =>
  Buffer.from(`product:${String(i).padStart(8, "0")}`).toString("latin1"),
);
const hashes = Int32Array.from(keys, hashKey);
const value = new VirtualBytes(100, 1);
const texts = heapBytes() - before;
const loading = cpuSeconds(() => {
  for (let i = 0; i < KEYS; i++) engine.execute(session, ["set", keys[i], value], -1, hashes[i]);
});
engine.cron(100);
console.log(`load      ${(KEYS / loading / 1e6).toFixed(2)} M SET/CPU-s into an empty engine`);
console.log(
  `heap      ${((heapBytes() - before) / KEYS).toFixed(0)} bytes of JavaScript heap per key of 16 bytes ` +
    `(of which its text ${(texts / KEYS).toFixed(0)}); used_memory says ${(engine.usedMemory / KEYS).toFixed(1)}`,
);

// The calls are drawn beforehand: drawing them is the workload's time, not the engine's.
const callKeys: string[] = new Array(CALLS).fill("");
const callHashes = new Int32Array(CALLS);
for (let i = 0; i < CALLS; i++) {
  const key = random.below(KEYS);
  callKeys[i] = keys[key];
  callHashes[i] = hashes[key];
}
let found = 0;
const get = cpuSeconds(() => {
  for (let i = 0; i < CALLS; i++) {
    if (engine.execute(session, ["get", callKeys[i]], -1, callHashes[i]) !== null) found++;
  }
});
console.log(`GET       ${(CALLS / get / 1e6).toFixed(2)} M/CPU-s, uniform over 1 M keys (${found} hits)`);
const set = cpuSeconds(() => {
  for (let i = 0; i < CALLS; i++) engine.execute(session, ["set", callKeys[i], value], -1, callHashes[i]);
});
console.log(`SET       ${(CALLS / set / 1e6).toFixed(2)} M/CPU-s`);
const setTtl = cpuSeconds(() => {
  for (let i = 0; i < CALLS; i++) {
    engine.execute(session, ["set", callKeys[i], value, "EX", "3600"], -1, callHashes[i]);
  }
});
console.log(`SET EX    ${(CALLS / setTtl / 1e6).toFixed(2)} M/CPU-s`);
