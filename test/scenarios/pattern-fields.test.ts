// What patterns, their protections and the origin forbid each other: every rule is broken once, alone.

import { describe, expect, test } from "vitest";
import { BASE, load, problems } from "./fixture.ts";

const ASIDE = "workload[0].pattern.cache-aside";
const PATTERN = (text: string) => `workload[0].pattern=${text}`;

describe("patterns", () => {
  test.each([
    [[PATTERN("{}")], "workload[0].pattern: names no pattern"],
    [
      [PATTERN("{cache-aside: {}, read-through: {}}")],
      "workload[0].pattern: has cache-aside and read-through: a workload has one pattern",
    ],
    [[`${ASIDE}.slidingTtl=true`], `${ASIDE}.slidingTtl: has no effect without a «ttl:»`],
    [[`${ASIDE}.stampede=early`], `${ASIDE}.stampede: early has no effect without a «ttl:»`],
    [
      [`${ASIDE}.stampede=stale-while-revalidate`],
      `${ASIDE}.stampede: stale-while-revalidate has no effect without a «ttl:»`,
    ],
    [[PATTERN("{refresh-ahead: {}}")], "workload[0].pattern.refresh-ahead: has no effect without a «ttl:»"],
    [[`${ASIDE}.absentTtl=5s`], `${ASIDE}.absentTtl: has no effect: the origin has every key (keys.absent)`],
    [
      [`${ASIDE}={ttl: 1m, stampede: {lock: {}, early: {}}}`],
      `${ASIDE}.stampede: has lock and early: one protection at a time`,
    ],
    [[`${ASIDE}={ttl: 1m, stampede: {}}`], `${ASIDE}.stampede: names no protection`],
    [
      [`${ASIDE}={ttl: 1m, stampede: {lock: {grace: 5s}}}`],
      `${ASIDE}.stampede.lock.grace: has no effect with «others: wait»`,
    ],
    [[`${ASIDE}.stampede={lock: {poll: 0s}}`], `${ASIDE}.stampede.lock.poll: must be longer than nothing`],
    [
      [`${ASIDE}={ttl: 1m, slidingTtl: true, stampede: early}`],
      `${ASIDE}.slidingTtl: does not go with a protection that stores the value's end beside it`,
    ],
    [
      [PATTERN("{write-behind: {}}")],
      "workload[0].pattern.write-behind: has no effect without writes: give a share of the requests",
    ],
    [
      ["~workload[0].pattern", 'workload[0].commands={"GET {key}": 1}', "workload[0].writes=5%"],
      "workload[0].writes: needs a «pattern:»; the commands say what is written",
    ],
    [
      ["~workload[0].pattern", 'workload[0].commands={"GET {key}": 1}', "workload[0].keys.absent=5%"],
      "workload[0].keys.absent: needs a «pattern:» with an origin: plain commands have none",
    ],
    [["origin.retry.budget=10%"], "origin.retry.budget: has no effect with one attempt"],
    [
      ["origin.retry={attempts: 3, budget: 0}", "origin.timeout=1s"],
      "origin.retry.budget: of nothing forbids what «attempts» asks for",
    ],
    [["origin.retry.attempts=3"], "origin.retry.attempts: has no effect: an origin without «timeout:»"],
    [["origin.retry.backoff=5s"], "origin.retry.backoff: needs a range such as 10ms..1s, got «5s»"],
  ])("%j: %s", async (settings, message) => {
    const found = await problems(BASE, { settings });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  test.each([
    ["the name alone", "lock", { kind: "lock", ttlNs: 10e9, pollNs: 50e6, patienceNs: 2e9 }],
    ["a setting", "{lock: {ttl: 3s}}", { kind: "lock", ttlNs: 3e9, pollNs: 50e6 }],
    ["nothing", "none", { kind: "none" }],
    ["another name", "single-flight", { kind: "single-flight" }],
    ["a number", "{early: {beta: 2}}", { kind: "early", beta: 2 }],
  ])("a protection by %s", async (_what, text, expected) => {
    const { built } = await load(BASE, { settings: [`${ASIDE}={ttl: 1m, stampede: ${text}}`] });
    expect(built.world(0, 1).workloads[0].pattern).toMatchObject({ kind: "cache-aside", stampede: expected });
  });

  test("an unknown protection is told with those that there are", async () => {
    const found = await problems(BASE, { settings: [`${ASIDE}.stampede=mutex`] });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${ASIDE}.stampede`);
    expect(found[0]).toMatch(/lock.*early.*stale-while-revalidate.*single-flight/u);
  });

  test.each([
    ["read-through", { kind: "cache-aside", fallback: false, stampede: { kind: "single-flight" } }],
    ["write-through", { kind: "cache-aside", write: { copy: "update", strict: true } }],
    ["cache-aside", { kind: "cache-aside", write: { copy: "invalidate", strict: false } }],
    ["write-behind", { kind: "write-behind", behind: { everyNs: 1e9, batch: 100, merge: true } }],
    ["refresh-ahead", { kind: "cache-aside", stampede: { kind: "refresh-ahead", factor: 0.8 } }],
  ])("%s", async (name, expected) => {
    const { built } = await load(BASE, { settings: [PATTERN(`{${name}: {ttl: 1m}}`), "workload[0].writes=10%"] });
    expect(built.world(0, 1).workloads[0]).toMatchObject({ pattern: expected, writeShare: 0.1 });
  });
});
