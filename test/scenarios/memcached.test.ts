// Memcached is known and has no engine here: the message says what stands for it.

import { expect, test } from "vitest";
import { BASE, problems } from "./fixture.ts";

test("a Memcached cache is refused with what gives its bill, other unknown engines with what was meant", async () => {
  const memcached = BASE.replace(
    "engine: valkey-8.0, node: cache.r7g.large",
    "engine: memcached-1.6, deployment: serverless",
  );
  const [told] = await problems(memcached);
  expect(told).toContain("cluster.engine: the text «memcached-1.6» is not one of valkey-7.2");
  expect(told).toContain("so redis-7.1 gives its bill");
  const [typo] = await problems(BASE.replace("valkey-8.0", "valkey-8.O"));
  expect(typo).toContain("did you mean «valkey-8.");
  expect(typo).not.toContain("Memcached");
});
