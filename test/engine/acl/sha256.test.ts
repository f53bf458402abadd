import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { sha256 } from "../../../src/engine/acl/sha256.ts";

it("is SHA-256 of the bytes, whatever their number", () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array).toString("latin1"));
  fc.assert(
    fc.property(bytes, text => {
      expect(sha256(text)).toBe(createHash("sha256").update(Buffer.from(text, "latin1")).digest("hex"));
    }),
  );
  for (const length of [55, 56, 63, 64, 65, 119, 120, 1_000_000]) {
    const text = "a".repeat(length);
    expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
  }
});
