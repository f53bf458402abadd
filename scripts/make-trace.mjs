// Makes scenarios/traces/sample.csv.gz: the small trace that ships with the examples, from the project's own generators.
// The committed file is its output; a test holds the two together. `node scripts/make-trace.mjs [FILE]`

import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { importBundled, root } from "./bundle.mjs";

const { randomFrom, zipf, lognormalByMean, standardExponential } = await importBundled(
  "make-trace",
  `
  export { randomFrom } from "./src/sim/random.ts";
  export { zipf } from "./src/sim/distributions/zipf.ts";
  export { lognormalByMean } from "./src/sim/distributions/lognormal.ts";
  export { standardExponential } from "./src/sim/distributions/ziggurat.ts";
`,
);

// One minute of product pages at 333 requests/s: Zipf 0.9 over 8,000 keys, sizes per key, one request in twenty a write,
// three lifetimes. One size in fifty and one lifetime in fifty are left empty, as in traces that were pieced together.
const REQUESTS = 20_000;
const KEYS = 8_000;
const random = randomFrom("sample trace");
const ranks = zipf(KEYS, 0.9);
const sizes = lognormalByMean(900, 0.9);
const sizeOf = Array.from({ length: KEYS }, () => Math.max(16, Math.round(sizes.sample(random))));
const lifetimes = [60, 300, 3600];
const lines = ["time_ms,key,op,size,ttl_s"];
let timeMs = 0;
for (let i = 0; i < REQUESTS; i++) {
  const key = ranks.rank(random);
  const op = random.next() < 0.05 ? "set" : "get";
  const size = random.next() < 0.02 ? "" : sizeOf[key];
  const ttl = random.next() < 0.02 ? "" : lifetimes[key % 3];
  lines.push(`${Math.round(timeMs)},p${key},${op},${size},${ttl}`);
  timeMs += 3 * standardExponential(random);
}
const file = process.argv[2] ?? `${root}/scenarios/traces/sample.csv.gz`;
writeFileSync(file, gzipSync(`${lines.join("\n")}\n`, { level: 9 }));
