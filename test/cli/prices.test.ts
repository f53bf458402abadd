// cachecast prices as its user has it: from the AWS Price List to a scenario that is priced with it, and every mistake on
// the way.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { C7GN_TERMS, node, offer, serverless } from "../catalog/offer.ts";
import { builtCli, looksLikeStack } from "./built.ts";

const { cli } = builtCli();
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cachecast-prices-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LIST = JSON.stringify(
  offer([
    node("cache.c7gn.large", "Valkey", "0.2500000000", C7GN_TERMS),
    node("cache.m3.large", "Redis", "0.182"),
    ...serverless("Valkey", "0.084", "0.0000000023"),
  ]),
);
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const scenario = (prices: string) => `name: priced
duration: 10s
warmup: 0s
${prices}
cluster: { engine: valkey-8.0, node: cache.c7gn.large, shards: 1, replicas: 0, purchase: reserved-1y-all-upfront }
clients: [{ name: web }]
workload: [{ name: pings, rate: 50, keys: { count: 10 }, commands: { PING: 1 } }]
zones: 1
`;

describe("from a price list to a priced scenario", () => {
  test("import tells what it read, what it did not understand and what is missing", async () => {
    const output = join(folder, "books/virginia.json");
    const { code, stdout, stderr } = await cli(["prices", "import", write("index.json", LIST), "-o", output]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")[0]).toBe(
      "aws-us-east-1-2025-06-24: 1 on-demand, 6 reserved and 1 serverless prices of us-east-1 as of 2025-06-24",
    );
    expect(stdout).toContain("not understood, left out: node types that the catalogue does not describe (1)");
    expect(stdout).toContain("  NodeUsage:cache.m3.large Redis");
    expect(stdout).toContain("  cache.r7g.large: valkey, redis, memcached");
    expect(stdout).toContain("missing: serverless rates (2)");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(`written to ${output}`);
  });

  test("a scenario that names the file is priced with it, and the result says from which file", async () => {
    const file = write("priced.yaml", scenario("prices: ./books/virginia.json"));
    const { code, stdout, stderr } = await cli(["run", file, "--quiet", "--json", "-"]);
    expect([code, stderr]).toEqual([0, ""]);
    const result = JSON.parse(stdout);
    expect(result.cost).toMatchObject({ book: "aws-us-east-1-2025-06-24", upfrontUsd: 1143.71, monthlyUsd: 95.31 });
    expect(result.provenance.catalogue.prices).toMatch(/as of 2025-06-24, SHA-256 [0-9a-f]{64}$/u);
  });

  test("general prices come from another book where that is asked for", async () => {
    const index = write("index.json", LIST);
    const { code, stdout } = await cli(["prices", "import", index, "-o", "-", "--complete-from", "aws-us-east-1"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).dataTransfer.crossAzPerGBUsd).toBe(0.01);
  });

  test("list names the books, and looks into one", async () => {
    const all = await cli(["prices", "list"]);
    expect(all.stdout.split("\n")[0]).toBe("4 price books; a scenario names one with «prices:», or a file of your own");
    expect(all.stdout).toMatch(/^seed-2025 /mu);
    const one = await cli(["prices", "list", join(folder, "books/virginia.json")]);
    expect(one.stdout.split("\n")[0]).toContain("1 node types, 6 reserved prices");
  });
});

describe("mistakes", () => {
  test("a truncated list is told with its place, and nothing is overwritten", async () => {
    const before = write("kept.json", "precious");
    const cut = write("cut.json", LIST.slice(0, LIST.length / 2));
    const { code, stdout, stderr } = await cli(["prices", "import", cut, "-o", before]);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/cut\.json:1:\d+: is cut off: the JSON ends in the middle, after [\d,]+ characters/u);
    expect(looksLikeStack(stderr)).toBe(false);
    expect(readFileSync(before, "utf8")).toBe("precious");
    expect(readdirSync(folder).filter(name => name.endsWith(".tmp"))).toEqual([]);
  });

  test.each([
    [["prices", "import"], /needs the offer file/u],
    [["prices", "list", "--region", "us-east-1"], /--region belongs to «prices import»/u],
  ])("%j is a usage error", async (args, message) => {
    const { code, stdout, stderr } = await cli(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });
});
