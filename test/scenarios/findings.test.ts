// Findings by cause: each speaks where its cause is, and keeps silent where it is not.

import { describe, expect, it } from "vitest";
import type { Result } from "../../src/result.ts";
import type { Built } from "../../src/scenarios/build.ts";
import { RULES } from "../../src/scenarios/findings/index.ts";
import { formatDurationNs, NS_PER_HOUR } from "../../src/units.ts";
import { sampleResult } from "../report/sample.ts";

const calm = sampleResult({ shards: 1, replicas: 0, rows: 4, calm: true });
const time = Array.from({ length: 12 }, (_, i) => i + 1);

type Column = Result["series"]["columns"][number];
const column = (metric: string, where: string, values: (number | null)[]): Column => ({
  metric,
  unit: "Count",
  where,
  values,
});
const flat = (value: number) => time.map(() => value);

const withColumns = (columns: Column[], more: Partial<Result> = {}): Result => ({
  ...calm,
  series: { ...calm.series, time, disturbed: [], columns },
  ...more,
});
/** These rules look at nothing that was built. */
const find = (id: string, result: Result) => RULES.find(rule => rule.id === id)!.find(result, {} as Built);

const three = ["a", "b", "c"].map(name => ({ ...calm.nodes[0], name, role: "primary" as const }));
const cpu = (a: number) => [
  column("EngineCPUUtilization", "a", flat(a)),
  ...["b", "c"].map(node => column("EngineCPUUtilization", node, flat(6))),
];

const refused = (why: string): Result["drills"][number] => ({
  drill: "scale-out",
  target: "cluster",
  startSeconds: 5,
  endSeconds: 5,
  refused: why,
  phases: [],
  figures: {},
});

const CASES: readonly [id: string, guilty: Result, innocent: Result][] = [
  [
    "mass-expiry",
    withColumns([column("Reclaimed", "a", [...flat(3).slice(1), 9_000])]),
    withColumns([column("Reclaimed", "a", flat(2_000))]),
  ],
  ["hot-shard", withColumns(cpu(40), { nodes: three }), withColumns(cpu(9), { nodes: three })],
  [
    "network-allowance",
    withColumns([column("NetworkBandwidthOutAllowanceExceeded", "a", flat(50))]),
    withColumns([column("NetworkBandwidthOutAllowanceExceeded", "a", flat(1))]),
  ],
  [
    "cpu-credits",
    withColumns([column("CPUAllowance", "a", [...flat(100).slice(2), 60, 20])]),
    withColumns([column("CPUAllowance", "a", flat(100))]),
  ],
  [
    "save-evicts",
    withColumns([
      column(
        "SaveInProgress",
        "a",
        time.map(at => (at > 6 ? 1 : 0)),
      ),
      column(
        "Evictions",
        "a",
        time.map(at => (at > 8 ? 5 : 0)),
      ),
    ]),
    withColumns([
      column(
        "SaveInProgress",
        "a",
        time.map(at => (at > 6 ? 1 : 0)),
      ),
      column("Evictions", "a", flat(5)),
    ]),
  ],
  ["lost-updates", withColumns([column("LostUpdates", "w", flat(2))]), withColumns([])],
  ["writes-lost", withColumns([column("WritesLost", "w", flat(2))]), withColumns([column("WritesLost", "w", flat(0))])],
  ["messages-missed", withColumns([column("MessagesMissed", "w", flat(2))]), withColumns([])],
  [
    "quota-reached",
    withColumns([], { drills: [refused("NodeQuotaForClusterExceeded: 6 nodes")] }),
    withColumns([], { drills: [refused("the cluster is being changed")] }),
  ],
  [
    "slow-subscribers",
    withColumns([column("SubscribersCut", "w", flat(2)), column("OutputBufferBytes", "a", flat(3e7))]),
    withColumns([column("OutputBufferBytes", "a", flat(3e7))]),
  ],
  [
    "jobs-pile-up",
    withColumns([
      column(
        "JobsWaiting",
        "w",
        time.map(at => at * 50),
      ),
    ]),
    withColumns([column("JobsWaiting", "w", flat(400))]),
  ],
];

describe("a finding", () => {
  it.each(CASES)("%s speaks where its cause is, and only there", (id, guilty, innocent) => {
    const found = find(id, guilty);
    expect(found?.evidence.length).toBeGreaterThan(20);
    expect(found?.remedy).not.toBe("");
    expect(found?.evidence).not.toMatch(/NaN|undefined|Infinity/u);
    expect(find(id, innocent)).toBeNull();
  });

  it("of a script tells how long it held its node, and that it could not be killed", () => {
    const phase = { name: "BUSY", startSeconds: 6, endSeconds: 9, lengthSeconds: 3, boundBy: "the restart" };
    const drill = {
      ...sampleResult({ shards: 1, rows: 12 }).drills[0],
      drill: "runaway-script",
      target: "a",
      phases: [phase],
      figures: { scriptSeconds: 8 },
      refused: null,
    };
    const events = [
      { id: 1, timeSeconds: 9, node: "a", what: "SCRIPT KILL is refused: UNKILLABLE, it has written", cause: null },
    ];
    const found = find("busy-script", { ...calm, drills: [drill], events });
    expect(found?.evidence).toContain("8 s, 3 s of them with BUSY");
    expect(found?.evidence).toContain("SCRIPT KILL was refused");
    expect(find("busy-script", calm)).toBeNull();
  });

  it("of an origin that nobody asks speaks of its scenario", () => {
    const rule = RULES.find(one => one.id === "unasked-origin")!;
    const built = (origin: unknown, pattern: unknown) => ({ scenario: { origin, workload: [{ pattern }] } }) as Built;
    expect(rule.find(calm, built({}, undefined))?.severity).toBe("info");
    expect(rule.find(calm, built({}, { "cache-aside": {} }))).toBeNull();
    expect(rule.find(calm, built(undefined, undefined))).toBeNull();
  });

  it("of tokens that are not renewed names the lifetimes of the scenario", () => {
    const client = { ...sampleResult({}).clients[0], name: "web", refusedLogins: 3, firstRefusedSeconds: 900 };
    const scenario = (iam: unknown) => ({
      scenario: {
        cluster: { auth: { token: false, users: [], iam } },
        clients: [{ name: "web", iam: { tokens: "at-start" } }],
      },
    });
    const rule = RULES.find(one => one.id === "wrong-credentials")!;
    const evidence = (iam: unknown) =>
      rule.find({ ...calm, clients: [{ ...client, expiredConnections: 2 }] }, scenario(iam) as unknown as Built)
        ?.evidence;
    expect(evidence(undefined)).toContain(`closed ${formatDurationNs(12 * NS_PER_HOUR)} after`);
    expect(evidence({ tokenLifetime: 60e9, connectionLifetime: 120e9 })).toContain(
      `good for ${formatDurationNs(60e9)}. 2 connections had been closed ${formatDurationNs(120e9)} after`,
    );
  });

  it("has an id of its own", () => {
    expect(new Set(RULES.map(rule => rule.id)).size).toBe(RULES.length);
  });
});
