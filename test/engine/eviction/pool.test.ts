import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EvictionPool, POOL_SIZE } from "../../../src/engine/eviction/pool.ts";

describe("EvictionPool", () => {
  it("holds the best candidates offered since it was last full, and gives them best first", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 40 }) },
      { weight: 1, arbitrary: fc.constant("take") },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), steps => {
        const pool = new EvictionPool();
        // The law: a sorted list; a newcomer that is worse than all of sixteen stays out, any other pushes out the worst.
        let model: { key: string; score: number }[] = [];
        steps.forEach((score, i) => {
          if (typeof score === "number") {
            pool.offer(`k${i}`, i % 16, score);
            const full = model.length === POOL_SIZE;
            if (!full || model.some(one => one.score < score)) {
              model.push({ key: `k${i}`, score });
              model.sort((a, b) => a.score - b.score);
              if (full) model = model.slice(1);
            }
          } else {
            const best = pool.take();
            const expected = model.pop();
            if (expected === undefined) expect(best).toBeNull();
            else expect(Number(best!.key.slice(1)) % 16).toBe(best!.database);
          }
          expect(pool.size).toBe(model.length);
        });
        const left: number[] = [];
        for (let best = pool.take(); best !== null; best = pool.take())
          left.push(steps[Number(best.key.slice(1))] as number);
        expect(left).toEqual(model.map(one => one.score).reverse());
      }),
      { seed: 1 },
    );
  });

  it("take() of an empty pool is null", () => {
    expect(new EvictionPool().take()).toBeNull();
  });
});
