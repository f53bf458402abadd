import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costChanges, settingChanges } from "../../src/planner/compare/changes.ts";
import { compare, differenceOf } from "../../src/planner/compare/compare.ts";
import { comparisonAnswer, renderComparisonText } from "../../src/report/comparison-text.ts";
import { comparisonSchema } from "../../src/result/comparison.ts";
import { load } from "../scenarios/fixture.ts";

const OPTIONS = { seed: 4, replications: 3, onRun: () => undefined, interrupted: () => false };

async function compared(...settings: string[]) {
  const [a, b] = await Promise.all([load(), load(undefined, { settings })]);
  const comparison = await compare(
    [
      { name: "a", loaded: a },
      { name: "b", loaded: b },
    ],
    OPTIONS,
  );
  return comparisonSchema.parse(comparison);
}

test("a scenario beside itself: no difference in any figure, whatever its noise", async () => {
  const comparison = await compared();
  const { differences, settings, cost } = comparison.variants[1];
  const known = Object.values(differences).filter(one => one.mean !== null);
  expect(known.map(one => [one.mean, one.halfWidth, one.seen])).toEqual(known.map(() => [0, 0, "none"]));
  expect(known.length).toBeGreaterThan(5);
  expect(settings).toEqual([]);
  expect(cost.every(({ sign }) => sign === "=")).toBe(true);
  expect(comparisonAnswer(comparison)).toBe("a STAYS: no variant that holds is cheaper, and no difference is seen.");
});

test("a real change shows in settings, figures and bill, with intervals that exclude zero", async () => {
  const comparison = await compared("cluster.node=cache.r7g.xlarge", "network.inZone=2ms", "network.crossZone=2ms");
  const [, b] = comparison.variants;
  expect(b.settings.map(({ path }) => path).sort()).toEqual(["cluster.node", "network.crossZone", "network.inZone"]);
  expect(b.differences.latencyP50Us.seen).toBe("more");
  expect(b.differences.latencyP50Us.mean!).toBeGreaterThan(b.differences.latencyP50Us.halfWidth!);
  expect(b.cost.some(({ sign }) => sign !== "=")).toBe(true);
  expect(renderComparisonText(comparison)).toContain("  cluster.node: cache.r7g.large → cache.r7g.xlarge\n");
});

describe("paired differences", () => {
  const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 12 });

  test("a shift that all pairs share is seen however much they differ among themselves", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 10, max: 1_000 }), (from, shift) => {
        expect(
          differenceOf(
            from,
            from.map(value => value + shift),
          ).seen,
        ).toBe("more");
        expect(
          differenceOf(
            from,
            from.map(value => value - shift),
          ).seen,
        ).toBe("less");
      }),
      { seed: 2 },
    );
  });

  test("exchanged sides change the sign and nothing else", () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const n = Math.min(left.length, right.length);
        const there = differenceOf(left.slice(0, n), right.slice(0, n));
        const back = differenceOf(right.slice(0, n), left.slice(0, n));
        expect(back.mean! + there.mean!).toBeCloseTo(0, 6);
        expect(back.seen === "none").toBe(there.seen === "none");
      }),
      { seed: 2 },
    );
  });

  test("a figure that one replication lacks is unknown, not an average of the rest", () => {
    expect(differenceOf([1, null], [2, 3]).seen).toBe("unknown");
  });
});

test("settings differ path by path, lists by element, names do not count", () => {
  expect(
    settingChanges(
      { name: "a", cluster: { shards: 1 }, clients: [{ timeout: "1s" }] },
      { name: "b", cluster: { shards: 2, tls: true }, clients: [{ timeout: "1s" }] },
    ),
  ).toEqual([
    { path: "cluster.shards", from: "1", to: "2" },
    { path: "cluster.tls", from: "-", to: "true" },
  ]);
});

test("lines of the bill are new, gone, changed or the same", () => {
  const line = (what: string, monthlyUsd: number) => ({
    what,
    quantity: 1,
    unit: "x",
    unitPriceUsd: monthlyUsd,
    monthlyUsd,
  });
  const changes = costChanges(
    [line("nodes", 100), line("backups", 5), line("idle", 1)],
    [line("nodes", 150), line("transfer", 7), line("idle", 1)],
  );
  expect(changes.map(({ sign, what }) => `${sign} ${what}`)).toEqual(["~ nodes", "- backups", "= idle", "+ transfer"]);
});
