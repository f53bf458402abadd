// Configuration as valkey-server takes it.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodeReply } from "../../src/engine/resp/writer.ts";
import { ConfigError, directivesOf, parseConfig } from "../../src/serve/config-file.ts";
import { start } from "../../src/serve/start.ts";

describe("a configuration file", () => {
  test("is lines of names and values; comments and empty lines are nothing", () => {
    const text = '# a comment\n\nport 7000\nSAVE ""\nuser worker on "+@read ~app:*" \nbind 127.0.0.1 -::1\n';
    expect(parseConfig(text, "v.conf").map(({ name, values, origin }) => [name, values, origin])).toEqual([
      ["port", ["7000"], "v.conf:3"],
      ["save", [""], "v.conf:4"],
      ["user", ["worker", "on", "+@read ~app:*"], "v.conf:5"],
      ["bind", ["127.0.0.1", "-::1"], "v.conf:6"],
    ]);
  });

  test("every line with unbalanced quotes is told", () => {
    expect(() => parseConfig("a \"b\nport 1\nc 'd\n", "v.conf")).toThrow(/v\.conf:1: .*\nv\.conf:3: /u);
  });
});

describe("the command line", () => {
  test("comes behind the file and overrides it", () => {
    const { file, directives } = directivesOf(["v.conf", "--port", "7001", "--save", "--hz=50"], () => "port 7000");
    expect(file).toBe("v.conf");
    expect(directives.map(one => [one.name, one.values])).toEqual([
      ["port", ["7000"]],
      ["port", ["7001"]],
      ["save", [""]],
      ["hz", ["50"]],
    ]);
  });

  test.each([
    [
      ["--maxmemory 700mb", "--save"],
      ["maxmemory 700mb", 'save ""'],
    ],
    [
      ["--save", "--port", "1"],
      ['save ""', "port 1"],
    ],
    [
      ["--logfile", "--my--log", "--port", "1"],
      ["logfile --my--log", "port 1"],
    ],
    [
      ["--save", "900", "1", "--save", ""],
      ["save 900 1", 'save ""'],
    ],
    [["loglevel", "verbose"], ["loglevel verbose"]],
    [["--shutdown-on-sigint", "now force"], ["shutdown-on-sigint now force"]],
    [
      ["-", "--port", "1"],
      ["hz 20", "port 1"],
    ],
    [
      ["--port", "1", "-"],
      ["hz 20", "port 1"],
    ],
  ])("%j is %j", (words, lines) => {
    const { directives } = directivesOf(["v.conf", ...words], file => (file === "-" ? "hz 20\n" : ""));
    expect(directives.map(({ name, values }) => `${name} ${values.map(one => one || '""').join(" ")}`)).toEqual(lines);
  });

  test("a file includes others, not itself", () => {
    const files: Record<string, string> = { a: "port 1\ninclude b\nhz 5", b: "maxmemory 1mb", c: "include c" };
    const readFile = (file: string) => files[file];
    expect(directivesOf(["a"], readFile).directives.map(({ origin }) => origin)).toEqual(["a:1", "b:1", "a:3"]);
    expect(() => directivesOf(["c"], readFile)).toThrow(/^c:1: files include each other without end$/u);
  });
});

test("every bad directive is told at once, with its place", async () => {
  const { directives } = directivesOf(
    ["v.conf", "--engine", "redis-9"],
    () => "maxmemory lots\nnosuch 1\nport 70000\nport 1 2\n",
  );
  const problem = await start({ directives, log: () => undefined }).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(ConfigError);
  const lines = (problem as Error).message.split("\n");
  expect(lines.map(line => line.split(":").slice(0, 2).join(":"))).toEqual([
    "v.conf:1",
    "v.conf:2",
    "v.conf:3",
    "v.conf:4",
    "--engine redis-9: no such engine; there are redis-7.0, redis-7.1, valkey-7.2, valkey-8.0, valkey-8.1, valkey-9.0, memcached-1.6"
      .split(":")
      .slice(0, 2)
      .join(":"),
  ]);
});

test("a command is called by another name, or by none; what cannot be renamed is told", async () => {
  const lines = (text: string) => directivesOf(["v.conf", "--port", "0"], () => text).directives;
  const running = await start({
    directives: lines('rename-command FLUSHALL ""\nrename-command CONFIG guarded'),
    log: () => undefined,
  });
  const { engine } = running.server;
  const say = (...words: string[]) => encodeReply(engine.execute(engine.session(1), words), 2);
  expect(say("flushall")).toMatch(/^-ERR unknown command/u);
  expect(say("CONFIG", "GET", "port")).toMatch(/^-ERR unknown command/u);
  expect(say("Guarded", "GET", "hz")).toContain("10");
  await running.stop();
  const refused = start({ directives: lines("rename-command nosuch a\nrename-command get SET"), log: () => undefined });
  await expect(refused).rejects.toThrow(
    /^v.conf:1: .*No such command in rename-command\nv.conf:2: .*Target command name already exists$/u,
  );
});

describe("files around the process", () => {
  const folder = mkdtempSync(join(tmpdir(), "cachecast-serve-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(...words: string[]) {
    const shown: string[] = [];
    const { directives } = directivesOf(["--port", "0", ...words]);
    const running = await start({ directives, log: line => shown.push(line) });
    return { running, shown };
  }

  test("a log file takes the whole log; a pid file lives as long as the server", async () => {
    const [log, pid] = [join(folder, "log"), join(folder, "pid")];
    const { running, shown } = await run("--logfile", log, "--pidfile", pid);
    expect(readFileSync(pid, "utf8")).toBe(`${process.pid}\n`);
    await running.stop();
    expect(existsSync(pid)).toBe(false);
    expect(shown).toEqual([]);
    expect(readFileSync(log, "utf8")).toMatch(/Ready to accept connections/u);
  });

  test("a log file that cannot be written is refused; a pid file is done without", async () => {
    const nowhere = join(folder, "no", "such");
    await expect(run("--logfile", nowhere)).rejects.toThrow(/^logfile: ENOENT/u);
    const { running, shown } = await run("--pidfile", nowhere);
    expect(shown.join("\n")).toMatch(/Failed to write PID file: ENOENT/u);
    await running.stop();
  });

  test("what has no effect is said with its reason, unless it is the default", async () => {
    const { running, shown } = await run("--io-threads", "4", "--daemonize", "no");
    expect(shown.filter(line => line.startsWith("WARNING"))).toEqual([
      "WARNING: --io-threads: io-threads has no effect: one JavaScript thread does all the work",
    ]);
    await running.stop();
  });
});
