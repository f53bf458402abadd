import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Backlog } from "../../../src/engine/replication/backlog.ts";

const piece = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60_000 }));

describe("the backlog", () => {
  it("gives back the end of the stream, from any offset it reaches", () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 100_000 }),
        (lengths, base, size) => {
          const backlog = new Backlog(
            base,
            () => size,
            () => Number.POSITIVE_INFINITY,
          );
          let stream = "";
          for (const [i, length] of lengths.entries()) {
            const text = String.fromCharCode(33 + (i % 90)).repeat(length);
            stream += text;
            backlog.append(text);
          }
          const end = base + stream.length + 1;
          expect(backlog.endOffset).toBe(end);
          expect(backlog.length).toBeGreaterThanOrEqual(Math.min(size, stream.length));
          for (const offset of [backlog.firstOffset, Math.floor((backlog.firstOffset + end) / 2), end]) {
            expect(backlog.reaches(offset)).toBe(true);
            const tail = Buffer.concat(backlog.from(offset)).toString("latin1");
            expect(tail).toBe(stream.slice(offset - base - 1));
          }
          expect(backlog.reaches(end + 1)).toBe(false);
          expect(backlog.reaches(backlog.firstOffset - 1)).toBe(false);
        },
      ),
    );
  });

  it("keeps what a slow replica has not been sent, however much that is", () => {
    let needed = 1;
    const backlog = new Backlog(
      0,
      () => 16_384,
      () => needed,
    );
    for (let i = 0; i < 20; i++) backlog.append("x".repeat(10_000));
    expect(backlog.firstOffset).toBe(1);
    needed = Number.POSITIVE_INFINITY;
    backlog.append("x");
    expect(backlog.length).toBeLessThan(60_000);
    expect(backlog.length).toBeGreaterThanOrEqual(16_384);
  });
});
