// cachecast run: what goes to stdout, to stderr and into files, and with which exit code it ends.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parseResult } from "../../src/report/json.ts";
import type { Result } from "../../src/result.ts";
import { BASE, file, temporaryFolder } from "../scenarios/fixture.ts";
import { builtCli, looksLikeStack } from "./built.ts";

const { cli } = builtCli();

const QUICK = `${BASE.replace("10s", "5s")}warmup: 1s\nexpect: [errors == 0, p90 < 1s]\n`;
const FAILING = QUICK.replace("errors == 0", "hitRate > 99.9%");
/** Would take hours: whoever refuses before the run is done at once. */
const ENDLESS = BASE.replace("10s", "100d").replace("50/s", "20k/s");

const folder = temporaryFolder();
const quick = file(QUICK);
let failing: string;
beforeAll(() => {
  failing = file(FAILING);
});

function resultOf(text: string): Result {
  const result = parseResult(text);
  if (typeof result === "string") throw new Error(result);
  return result;
}

describe("exit codes", () => {
  test("0 when all checks hold, 4 when one does not, 0 again with --no-fail", async () => {
    expect((await cli(["run", quick, "--quiet"])).code).toBe(0);
    const { code, stdout } = await cli(["run", failing, "--quiet"]);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^✗ FAIL {2}hitRate > 99.9%: .* \(limit 99.9 %\), margin -/mu);
    expect(stdout).toContain("DOES NOT HOLD: 1 of 2 checks fail; «hitRate > 99.9%» is");
    expect((await cli(["run", failing, "--quiet", "--no-fail"])).code).toBe(0);
  });

  test("3 for a scenario with mistakes: all of them, with their places, and their number", async () => {
    const { code, stdout, stderr } = await cli([
      "run",
      file(QUICK.replace("web", "web, sise: 1").replace("50/s", "50x")),
    ]);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(
      /:4:24: clients\[0\]\.sise: unknown key «sise»; did you mean «size»\?|:4:24: .*unknown key «sise»/u,
    );
    expect(stderr).toMatch(/:9:11: workload\[0\]\.rate: .*\n {4}9 \| {5}rate: 50x\n {6}\| {11}\^\^\^/u);
    expect(stderr).toMatch(/\n2 problems\n$/u);
    expect(looksLikeStack(stderr)).toBe(false);
  });

  test.each([
    ["a missing file", "nope.yaml", "nope.yaml: there is no such file\n"],
    ["a directory", "/", "/: is a directory; a scenario is a YAML file\n"],
    ["an empty file", "/dev/null", "/dev/null: is empty; a scenario needs at least"],
  ])("3 for %s: one message", async (_name, path, message) => {
    const { code, stdout, stderr } = await cli(["run", path], { cwd: folder });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr.startsWith(message)).toBe(true);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("3 for a bad trace, with file and row", async () => {
    const trace = file("time_ms,key\n0,a\nx,b\n", "bad.csv");
    const text = QUICK.replace(/ {4}pattern[\s\S]*?(?=warmup)/u, `    trace: { file: "${trace}" }\n`);
    const { code, stderr } = await cli(["run", file(text)]);
    expect([code, stderr]).toEqual([3, `${trace} row 3: time_ms «x» is no decimal number of zero or more\n`]);
  });

  test("1 for a bug, without a stack unless it is asked for", async () => {
    // A result schema that a preloaded module breaks stands for a bug.
    const preload = join(folder, "bug.cjs");
    writeFileSync(preload, 'JSON.stringify = () => { throw new Error("planted"); };');
    const env = { NODE_OPTIONS: `--require ${preload}` };
    const { code, stdout, stderr } = await cli(["run", quick, "--quiet", "--json", "-"], { env });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^cachecast \d.*: internal error: planted\nThis is a bug of cachecast\. CACHECAST_DEBUG=1 shows where\.\n$/u,
    );
    const debug = await cli(["run", quick, "--quiet", "--json", "-"], { env: { ...env, CACHECAST_DEBUG: "1" } });
    expect(looksLikeStack(debug.stderr)).toBe(true);
  });
});

describe("stdout and stderr", () => {
  test("--json - puts the result on stdout and nothing else", async () => {
    const { stdout, stderr } = await cli(["run", quick, "--json", "-"]);
    expect(resultOf(stdout).scenario.name).toBe("small");
    expect(stderr).toMatch(/^[\d,]+ requests simulated in \d+\.\d s\n$/u);
  });

  test("without it the summary is on stdout, with the verdict below; what took how long is on stderr", async () => {
    const { stdout, stderr } = await cli(["run", quick]);
    expect(stdout).toMatch(/^small: .*\nseed 42, 5 s simulated, cachecast/u);
    expect(stdout).toMatch(/hit rate \.+ \d/u);
    expect(stdout).toMatch(/HOLDS: all 2 checks pass\.\nnext: cachecast run .* --report report\.html\n$/u);
    expect(stderr).toMatch(/^[\d,]+ requests simulated in/u);
  });

  test("--quiet says the checks and the verdict, --plain one value a line, and stderr stays empty", async () => {
    const silent = await cli(["run", quick, "--quiet"]);
    expect(silent.stdout).toMatch(/^✓ pass .*\n✓ pass .*\n\nHOLDS: all 2 checks pass\.\n$/u);
    expect(silent.stderr).toBe("");
    const { stdout, stderr } = await cli(["run", quick, "--plain", "--quiet"]);
    expect(stderr).toBe("");
    for (const line of stdout.trimEnd().split("\n")) expect(line).toMatch(/^[\w. ]+: .+$/u);
    expect(stdout).toMatch(/^scenario: small$/mu);
    expect(stdout).toMatch(/^hitRate: 0\.\d+$/mu);
    expect(stdout).toMatch(/^verdict: pass$/mu);
  });

  test("colour: none into a pipe, by --color always, never by NO_COLOR; --color goes before", async () => {
    const coloured = async (args: string[], env = {}) =>
      (await cli(["run", quick, "--quiet", ...args], { env })).stdout.includes("\u001b[");
    expect(await coloured([])).toBe(false);
    expect(await coloured(["--color", "always"])).toBe(true);
    expect(await coloured(["--color", "always"], { NO_COLOR: "1", TERM: "dumb" })).toBe(true);
    expect(await coloured(["--color", "never"], { FORCE_COLOR: "1" })).toBe(false);
    expect(await coloured([], { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  });

  test("a reader that has had enough is no error", async () => {
    const { code, stderr } = await cli(["run", quick, "--quiet", "--json", "-"]);
    expect([code, stderr]).toEqual([0, ""]);
  });
});

describe("what is run", () => {
  const run = async (...args: string[]) => resultOf((await cli(["run", ...args, "--quiet", "--json", "-"])).stdout);

  test("the file's own, bytes equal from call to call", async () => {
    const [one, other] = [await cli(["run", quick, "--json", "-"]), await cli(["run", quick, "--json", "-"])];
    expect(one.stdout).toBe(other.stdout);
  });

  test("--seed, --duration, --replications, --set and -f change it, and the result tells how", async () => {
    const overlay = file("cluster: { shards: 2 }\n");
    const args = [
      "--seed",
      "7",
      "--duration",
      "4s",
      "--replications",
      "2",
      "--set",
      "cluster.replicas=0",
      "--set",
      "~expect",
      "-f",
      overlay,
    ];
    const result = await run(quick, ...args);
    expect([result.seed, result.simulatedSeconds, result.replications, result.checks.length]).toEqual([7, 4, 2, 0]);
    expect(result.nodes.map(node => node.name)).toEqual(["cache-0001-001", "cache-0002-001"]);
    expect(result.scenario.overrides).toEqual(["cluster.replicas=0", "~expect", "duration=4s"]);
  });

  test("- is standard input", async () => {
    const { code, stdout } = await cli(["run", "-", "--quiet", "--json", "-"], { input: QUICK });
    expect([code, resultOf(stdout).scenario.file]).toEqual([0, "-"]);
    const bad = await cli(["run", "-"], { input: "name: [" });
    expect([bad.code, bad.stderr.startsWith("<stdin>:1:")]).toEqual([3, true]);
    const valid = await cli(["validate", quick, "-"], { input: QUICK });
    expect([valid.code, valid.stdout]).toEqual([0, `${quick}: valid (small)\n-: valid (small)\n`]);
  });

  test("a mistake in a setting is told with the flag", async () => {
    const { code, stderr } = await cli(["run", quick, "--duration", "5"]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^--duration 5: duration: needs a duration such as/u)]);
  });
});

describe("files", () => {
  test("result and report are written, folders on the way are made, and nothing is left beside them", async () => {
    const into = join(folder, "new/deep");
    const { code, stdout } = await cli([
      "run",
      quick,
      "--json",
      join(into, "r.json"),
      "--report",
      join(into, "r.html"),
    ]);
    expect(code).toBe(0);
    expect(resultOf(readFileSync(join(into, "r.json"), "utf8")).verdict).toBe("pass");
    expect(readFileSync(join(into, "r.html"), "utf8")).toMatch(/^<!doctype html>/iu);
    expect(readdirSync(into).sort()).toEqual(["r.html", "r.json"]);
    expect(stdout).toContain(`report: ${join(into, "r.html")}`);
  });

  test("--report - puts the page on stdout and nothing else", async () => {
    const { stdout } = await cli(["run", quick, "--report", "-"]);
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/iu);
  });

  test.each<[string, (name: string) => string, RegExp]>([
    ["a directory", () => folder, /cannot be written: is a directory/u],
    ["below a file", () => join(quick, "r.json"), /cannot be written: lies below something that is no directory/u],
    ["below a file, deeper", () => join(quick, "a/r.json"), /lies below something that is no directory/u],
    ["nowhere", () => "", /an output file needs a name/u],
    ["a name that is too long", () => join(folder, "x".repeat(300)), /has too long a name/u],
    ["a device that takes nothing", () => "/proc/r.json", /cannot be written: /u],
  ])("%s is refused before the run", async (_name, place, message) => {
    const endless = file(ENDLESS);
    for (const flag of ["--json", "--report"]) {
      const { code, stdout, stderr } = await cli(["run", endless, flag, place("x")]);
      expect([place("x") === "" ? 2 : 3, ""]).toEqual([code, stdout]);
      expect(stderr).toMatch(message);
      expect(looksLikeStack(stderr)).toBe(false);
    }
  });

  test.skipIf(process.getuid?.() === 0)("a folder that may not be written to is refused before the run", async () => {
    const locked = join(folder, "locked");
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    const { code, stderr } = await cli(["run", file(ENDLESS), "--json", join(locked, "r.json")]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("may not be read or written")]);
  });

  test("a link is followed, and a device is written to and stays one", async () => {
    const target = join(folder, "target.json");
    const link = join(folder, "link.json");
    writeFileSync(target, "old");
    symlinkSync(target, link);
    await cli(["run", quick, "--quiet", "--json", link, "--report", "/dev/null"]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(resultOf(readFileSync(target, "utf8")).verdict).toBe("pass");
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(existsSync("/dev/null.tmp")).toBe(false);
  });
});
