// How it is called: help, and every way of calling it wrongly. Usage errors are exit code 2, one message with a remedy on
// stderr, and nothing on stdout.

import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { builtCli, looksLikeStack } from "./built.ts";

const { cli, program } = builtCli();

const VERBS: Readonly<Record<string, readonly string[]>> = {
  run: [
    "--set",
    "--overlay",
    "-f",
    "--seed",
    "--duration",
    "--replications",
    "--json",
    "--report",
    "--quiet",
    "--plain",
    "--fail",
    "--no-fail",
  ],
  drill: ["--list", "--set", "--overlay", "--seed", "--json", "--report"],
  compare: ["--variant", "--set", "--replications", "--json", "--report"],
  sweep: ["--matrix", "--list", "--out", "--shard", "--distributed", "--resume", "--skip-invalid", "--threads"],
  merge: ["--out", "--report"],
  worker: ["--distributed", "--idle"],
  mrc: ["--json"],
  plan: ["--json"],
  fuzz: ["--seeds", "--from"],
  validate: ["--set", "--overlay", "--json"],
  report: ["--output", "-o"],
  import: ["--output", "--force", "--queries", "--node", "--engine", "--shards", "--json"],
  init: ["--force"],
  explain: [],
  // Its help is its script.
  completion: [],
  schema: [],
  nodes: ["--family", "--engine", "--prices", "--json"],
  serve: ["--engine"],
  commands: ["--group", "--json"],
  crossover: ["--set", "--overlay", "--peak-to-mean", "--json"],
  prices: ["--output", "-o", "--region", "--name", "--complete-from", "--json"],
};

describe("help", () => {
  test.each([[[]], [["--help"]], [["-h"]]])("%j shows the verbs, examples and exit codes", async args => {
    const { code, stdout, stderr } = await cli(args);
    expect([code, stderr]).toEqual([0, ""]);
    const verbs = [...stdout.matchAll(/^ {2}cachecast (\w+)(?: [<[][\w.]+[\]>])* {2,}\S/gmu)].map(match => match[1]);
    expect(new Set(verbs)).toEqual(new Set(Object.keys(VERBS)));
    expect(stdout).toMatch(/Examples:\n {2}cachecast init/u);
    for (const exit of [
      "0 pass",
      "1 internal error",
      "2 usage",
      "3 invalid",
      "4 a check",
      "5 no feasible",
      "130 interrupted",
    ]) {
      expect(stdout.replace(/\s+/gu, " ")).toContain(exit);
    }
  });

  test.each(Object.entries(VERBS).filter(([verb]) => verb !== "completion"))(
    "of %s mentions each of its options",
    async (verb, options) => {
      const { code, stdout, stderr } = await cli([verb, "--help"]);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain(`cachecast ${verb}`);
      for (const option of [...options, "--color", "--help"]) expect(stdout).toContain(option);
    },
  );

  test("of a verb is asked for anywhere, whatever else is wrong", async () => {
    const { code, stdout } = await cli(["run", "-h", "nope.yaml", "--json"]);
    expect([code, stdout.split("\n")[0]]).toEqual([0, "cachecast run <scenario>"]);
  });

  test("is quick: a few times what an empty program takes", () => {
    const { argv } = process;
    const fastest = (args: string[]) =>
      Math.min(
        ...Array.from({ length: 5 }, () => {
          const from = process.hrtime.bigint();
          spawnSync(argv[0], args);
          return Number(process.hrtime.bigint() - from);
        }),
      );
    // The fastest of five stands for the machine at rest.
    expect(fastest([program(), "--help"]) / fastest(["-e", "0"])).toBeLessThan(6);
  });

  test("--version is the package's", async () => {
    expect((await cli(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });
});

describe("calls that cannot be meant", () => {
  test.each<[string[], string]>([
    [
      ["runn", "x.yaml"],
      "unknown verb «runn»; there are run, drill, compare, fuzz, sweep, merge, worker, validate, report, init, serve, explain, schema, nodes, commands, mrc, plan, import, prices, crossover, completion; did you mean «run»?",
    ],
    [["simulate"], "unknown verb «simulate»; there are run"],
    [["--color", "never"], "Which verb?"],
    [["run"], "«run» takes one scenario file, or - for standard input"],
    [["run", "a.yaml", "b.yaml"], "«run» takes one scenario file, or - for standard input; too many: b.yaml"],
    [["--color", "never", "run"], "«run» takes one scenario file"],
    [["validate"], "«validate» takes one scenario file or more"],
    [["report"], "«report» takes one result file"],
    [["report", "a", "b"], "«report» takes one result file; too many: b"],
    [["init", "a", "b"], "«init» takes one file to write; too many: b"],
    [["exlpain", "p99"], "did you mean «explain»?"],
    [["explain", "a", "b"], "«explain» takes one path of a scenario, a drill or a metric; too many: b"],
    [["import", "info"], "«import» takes «cloudwatch» or «info», and one file or more"],
    [["schema", "x"], "«schema» takes no file; too many: x"],
    [["nodes", "x"], "«nodes» takes no file; too many: x"],
    [["run", "x.yaml", "--jsn", "y"], "unknown option or argument «jsn»; did you mean «json»?"],
    [["run", "x.yaml", "--repliactions", "3"], "did you mean «replications»?"],
    [["nodes", "--zzzzzz"], "unknown option or argument «zzzzzz»"],
    [["run", "x.yaml", "-x"], "unknown option or argument «x»"],
    [["run", "x.yaml", "--json"], "--json needs a value"],
    [["run", "x.yaml", "--set"], "--set needs a value"],
    [["run", "x.yaml", "-f"], "-f needs a value"],
    [["run", "x.yaml", "--seed", "abc"], "--seed needs a whole number of at least 0, got «abc»"],
    [["run", "x.yaml", "--seed", "-1"], "--seed needs a"],
    [["run", "x.yaml", "--seed", "1.5"], "--seed needs a whole number of at least 0, got «1.5»"],
    [["run", "x.yaml", "--seed", "99999999999999999999"], "--seed needs a whole number"],
    [["run", "x.yaml", "--seed", "1", "--seed", "2"], "--seed is given more than once"],
    [["run", "x.yaml", "--json", "a", "--json", "b"], "--json is given more than once"],
    [["run", "x.yaml", "--replications", "0"], "--replications needs a whole number of at least 1, got «0»"],
    [["run", "x.yaml", "--replications", "many"], "--replications needs a whole number of at least 1, got «many»"],
    [["run", "x.yaml", "--json", "-", "--report", "-"], "--json and --report cannot both go to standard output"],
    [["compare", "x.yaml", "-v", "a=1", "--json", "-", "--report", "-"], "--json and --report cannot both go to"],
    [["import", "info", "x.txt", "--json", "-o", "-"], "--json and -o - cannot both go to standard output"],
    [["mrc", "x.csv", "--json", "-", "--report", "-"], "--json and --report cannot both go to standard output"],
    [["mrc", "x.csv", "--workload", "w"], "--workload has no effect on a trace"],
    [["mrc", "x.csv", "--requests", "5"], "--requests has no effect on a trace"],
    [["mrc", "x.csv", "--set", "a=1"], "--set has no effect on a trace"],
    [["mrc", "x.yaml", "--ttl", "5s", "--values", "1"], "--values has no effect on a scenario: its workloads say"],
    [["mrc", "x.csv", "--node", "cache.r7g.large"], "--node has no effect without --origin-cost"],
    [["mrc", "x.csv", "--replicas", "1"], "--replicas has no effect without --origin-cost"],
    [["mrc", "x.csv", "--origin-cost", "$2", "--replicas", "-1"], "--replicas needs a whole number from 0 to 5"],
    [["mrc", "x.csv", "--origin-cost", "$2", "--node", "cache.r7g.lage"], "did you mean «cache.r7g.large»?"],
    [["mrc", "x.csv", "--points", "2.5"], "--points needs a whole number from 1 to 200"],
    [["mrc", "x.csv", "--method", "exact", "--rate", "5%"], "--rate has no effect with --method exact"],
    [["mrc", "x.csv", "--rate", "5%", "--sampled-keys", "9"], "--rate has no effect beside --sampled-keys"],
    [["mrc", "x.csv", "--engine", "valkey-8"], "no engine «valkey-8»; there are redis-7.0"],
    [["mrc", "x.csv", "--format", "csvv"], "no format «csvv»; there are auto, "],
    [["fuzz", "--seeds", "0"], "--seeds needs a whole number of at least 1, got «0»"],
    [["fuzz", "--seeds", "1", "--faults", "99"], "--faults: seed 1 has "],
    [["nodes", "--color", "blue"], "--color takes auto, always, never, not blue"],
    [["nodes", "--engine", "memcache"], "--engine takes valkey, redis, not memcache"],
    [["nodes", "--family", "r7"], "no family «r7»; there are t2, t3"],
    [
      ["nodes", "--prices", "aws-us-east"],
      "no price book «aws-us-east»; there are aws-us-east-1, aws-ap-northeast-2, aws-ap-southeast-1, seed-2025; did you mean",
    ],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await cli(args);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr.split("\n").length).toBeLessThan(5);
    expect(looksLikeStack(stderr)).toBe(false);
  });
});
