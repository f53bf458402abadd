// Scripts inside an engine: what they may do, what becomes of their effects, how they are cached and ended.

import { describe, expect, it } from "vitest";
import { textOf } from "../../src/engine/bytes.ts";
import { ErrorReply } from "../../src/engine/reply.ts";
import { sha1hex } from "../../src/engine/scripting/cache.ts";
import { provideLua } from "../../src/lua/index.ts";
import { type Talk, talk } from "../engine/harness.ts";
import { NIL } from "../engine/wire.ts";

provideLua();

const valkey = () => talk({ profile: "valkey-8.0" });
const evaluate = (t: Talk, script: string, ...words: string[]) =>
  t("EVAL", script, ...(words.length === 0 ? ["0"] : words));

/** The stream of changes as lines. */
function recorded(t: Talk): string[] {
  const lines: string[] = [];
  t.engine.replicate = (database, argv) => lines.push(`${database} ${argv.map(textOf).join(" ")}`);
  return lines;
}

describe("the cache", () => {
  it("keeps the 500 scripts of EVAL used last, and all of SCRIPT LOAD", () => {
    const t = valkey();
    const loaded = sha1hex("return 'loaded'");
    t("SCRIPT LOAD", "return 'loaded'");
    for (let i = 0; i < 500; i++) evaluate(t, `return ${i}`);
    evaluate(t, "return 0");
    evaluate(t, "return 500");
    expect(t("SCRIPT EXISTS", sha1hex("return 0"), sha1hex("return 1"), sha1hex("return 2"), loaded)).toEqual([
      ":1",
      ":0",
      ":1",
      ":1",
    ]);
    expect(t.engine.scriptUsage()).toMatchObject({ cached: 501, evicted: 1 });
  });

  it("keeps a script of EVAL for good once it was loaded", () => {
    const t = valkey();
    evaluate(t, "return 'x'");
    t("SCRIPT LOAD", "return 'x'");
    for (let i = 0; i < 600; i++) evaluate(t, `return ${i}`);
    expect(t("SCRIPT EXISTS", sha1hex("return 'x'"))).toEqual([":1"]);
  });

  it("forgets nothing before 8.0", () => {
    const t = talk({ profile: "redis-7.0" });
    for (let i = 0; i < 600; i++) evaluate(t, `return ${i}`);
    expect(t.engine.scriptUsage()).toMatchObject({ cached: 600, evicted: 0 });
  });

  it("counts its bytes back to nothing", () => {
    const t = valkey();
    for (let i = 0; i < 50; i++) evaluate(t, `return ${i}`);
    expect(t.engine.scriptUsage().cachedBytes).toBeGreaterThan(50 * 100);
    t("SCRIPT FLUSH");
    expect(t.engine.scriptUsage()).toMatchObject({ cached: 0, cachedBytes: 0 });
  });

  it("shows a script", () => {
    const t = valkey();
    t("SCRIPT LOAD", "return 'dump'");
    expect(t("SCRIPT SHOW", sha1hex("return 'dump'").toUpperCase())).toBe("$return 'dump'");
    expect(t("SCRIPT SHOW", "short")).toBe("-NOSCRIPT No matching script.");
  });
});

describe("effects", () => {
  it("go to replicas instead of the script, several as a transaction", () => {
    const t = valkey();
    const lines = recorded(t);
    evaluate(t, "redis.call('set', KEYS[1], ARGV[1])", "1", "k", "v");
    evaluate(t, "redis.call('incr', 'n') redis.call('get', 'n') redis.call('incr', 'n')");
    evaluate(t, "return redis.call('get', 'k')");
    expect(lines).toEqual(["0 set k v", "-1 MULTI", "0 incr n", "0 incr n", "-1 EXEC"]);
  });

  it("are replicated even if the script fails later", () => {
    const t = valkey();
    const lines = recorded(t);
    expect(evaluate(t, "redis.call('incr', 'n') redis.call('nosuch')")).toMatch(/^-ERR Unknown command/u);
    expect(lines).toEqual(["0 incr n"]);
  });

  it("go where set_repl says", () => {
    const t = valkey();
    const seen: [string, number | undefined][] = [];
    t.engine.replicate = (_database, argv, targets) => seen.push([argv.map(textOf).join(" "), targets]);
    evaluate(
      t,
      "redis.call('set', 'a', 1) redis.set_repl(redis.REPL_NONE) redis.call('set', 'b', 2) redis.set_repl(redis.REPL_AOF) redis.call('set', 'c', 3)",
    );
    evaluate(t, "redis.call('set', 'd', 4)");
    expect(seen.filter(([line]) => line.startsWith("set"))).toEqual([
      ["set a 1", 3],
      ["set c 3", 1],
      ["set d 4", 3],
    ]);
  });

  it("happen in the script's own database", () => {
    const t = valkey();
    const lines = recorded(t);
    evaluate(t, "redis.call('select', 3) redis.call('set', 'x', 1)");
    expect(t("GET x")).toBe(NIL);
    expect(lines).toEqual(["3 set x 1"]);
  });
});

describe("what a script may do", () => {
  it("writes nothing when it says so, or is called read-only", () => {
    const t = valkey();
    const refused = "-ERR Write commands are not allowed from read-only scripts.";
    expect(evaluate(t, "#!lua flags=no-writes\nreturn redis.call('set', 'x', 1)")).toContain(refused);
    expect(t("EVAL_RO", "return redis.call('set', 'x', 1)", "0")).toContain(refused);
    expect(t("EVAL_RO", "#!lua\nreturn 1", "0")).toBe(
      "-ERR Can not execute a script with write flag using *_ro command.",
    );
  });

  it("heeds maxmemory until it has written", () => {
    const t = valkey();
    t("SET x 123");
    t("CONFIG SET maxmemory 1");
    const oom = "-OOM command not allowed when used memory > 'maxmemory'.";
    expect(evaluate(t, "return redis.call('set', 'x', 1)")).toContain(oom);
    expect(evaluate(t, "return redis.call('get', 'x')")).toBe("$123");
    expect(evaluate(t, "#!lua\nreturn 1")).toBe(oom);
    expect(evaluate(t, "#!lua flags=allow-oom\nreturn redis.call('set', 'x', 1)")).toBe("+OK");
    expect(evaluate(t, "redis.call('del', 'x') return redis.call('set', 'x', 1)")).toBe("+OK");
  });

  it("heeds replicas that are missing, and a replica's own state", () => {
    const t = valkey();
    t("CONFIG SET min-replicas-to-write 1");
    expect(evaluate(t, "#!lua\nreturn 1")).toMatch(/^-NOREPLICAS/u);
    expect(evaluate(t, "return redis.call('set', 'x', 1)")).toMatch(/^-NOREPLICAS .* script: /u);
    expect(evaluate(t, "return 1")).toBe(":1");
    t("CONFIG SET min-replicas-to-write 0");
    t.engine.role = "replica";
    expect(evaluate(t, "#!lua\nreturn 1")).toMatch(/^-READONLY/u);
    expect(evaluate(t, "return redis.call('set', 'x', 1)")).toMatch(/^-READONLY .* script: /u);
    t("CONFIG SET replica-serve-stale-data no");
    t.engine.linkUp = false;
    expect(evaluate(t, "return 1")).toMatch(/^-MASTERDOWN/u);
    expect(evaluate(t, "#!lua flags=allow-stale,no-writes\nreturn 1")).toBe(":1");
    expect(evaluate(t, "#!lua flags=allow-stale,no-writes\nreturn redis.call('get', 'x')")).toMatch(
      /^-ERR Can not execute the command on a stale replica/u,
    );
  });

  it("runs with its caller's rights", () => {
    const t = valkey();
    t("ACL SETUSER bob on >123 +@scripting +set ~x*");
    t("AUTH bob 123");
    expect(evaluate(t, "return redis.acl_check_cmd('set', 'xx', 1)")).toBe(":1");
    expect(evaluate(t, "return redis.acl_check_cmd('set', 'yy', 1)")).toBe(NIL);
    expect(evaluate(t, "return redis.call('set', 'yy', 1)")).toMatch(
      /^-ERR ACL failure in script: No permissions to access a key script: /u,
    );
    expect(t("EVAL", "return 1", "1", "yy")).toMatch(/^-NOPERM/u);
  });

  it("is not held against the caller's protocol", () => {
    const t = valkey();
    t("HSET h f v");
    expect(evaluate(t, "redis.setresp(3) return redis.call('hgetall', 'h').map.f")).toBe("$v");
    expect(evaluate(t, "return redis.call('hgetall', 'h')")).toEqual(["$f", "$v"]);
  });

  it("sees time stand still", () => {
    const t = valkey();
    t.engine.allowProtected = true;
    t.engine.debug.scriptsMayCallAll = true;
    t.engine.onHold = () => t.engine.setTime(t.engine.nowMs + 50);
    expect(
      evaluate(
        t,
        "redis.call('set', 'k', 'v', 'px', 1) redis.call('debug', 'sleep', 0.01) return redis.call('exists', 'k')",
      ),
    ).toBe(":1");
  });
});

describe("the count of errors", () => {
  it("counts an error once, where it came up", () => {
    const t = valkey();
    const before = t.engine.stats.errorReplies;
    evaluate(t, "return redis.call('select', 99)");
    expect(t.engine.stats.errorReplies - before).toBe(1);
    const id = (name: string) => t.engine.command(name)!.id;
    expect([t.engine.counters.failed[id("select")], t.engine.counters.failed[id("eval")]]).toEqual([1, 1]);
    evaluate(t, "redis.pcall('nosuch') return 1");
    expect(t.engine.stats.errorReplies - before).toBe(2);
    expect(t.engine.counters.failed[id("eval")]).toBe(1);
  });
});

describe("slow scripts", () => {
  it("meet the threshold, and others meanwhile BUSY; they can be killed until they write", () => {
    const t = valkey();
    const other = t.engine.session(2);
    t("CONFIG SET busy-reply-threshold 10");
    const seen: string[] = [];
    t.engine.scripting.onSlow = () => {
      const ask = (...argv: string[]) => {
        const reply = t.engine.execute(other, argv);
        return reply instanceof ErrorReply ? reply.text.split(" ")[0] : "ok";
      };
      seen.push(ask("GET", "x"), ask("FUNCTION", "KILL"), ask("SCRIPT", "KILL"));
    };
    expect(evaluate(t, "while true do end")).toMatch(/^-ERR Script killed by user with SCRIPT KILL\.\.\. script: /u);
    expect(seen).toEqual(["BUSY", "BUSY", "ok"]);
    expect(evaluate(t, "while true do pcall(function() while true do end end) end")).toMatch(/killed by user/u);
    expect(t.engine.busyScript).toBeNull();
    let turns = 0;
    t.engine.scripting.onSlow = () => {
      const reply = t.engine.execute(other, ["SCRIPT", "KILL"]);
      expect(reply).toMatchObject({ code: "UNKILLABLE" });
      if (++turns === 3) t.engine.scripting.abort();
    };
    evaluate(t, "redis.call('set', 'x', 1) while true do end");
    expect(turns).toBe(3);
    expect(t("SCRIPT KILL")).toMatch(/^-NOTBUSY/u);
  });

  it("come to an end by themselves where nobody can kill them", () => {
    const t = valkey();
    t.engine.scripting.budget = 5_000_000;
    expect(evaluate(t, "while true do end")).toMatch(/killed/u);
    expect(t.engine.effort.instructions).toBe(5_000_000);
  });

  it("say how many instructions they took", () => {
    const t = valkey();
    const taken = (script: string) => {
      evaluate(t, script);
      return t.engine.effort.instructions;
    };
    const base = taken("return 1");
    expect(base).toBeGreaterThan(0);
    expect(taken("for i = 1, 250000 do end") - base).toBeGreaterThanOrEqual(250_000);
    expect(taken("for i = 1, 250000 do end") - base).toBeLessThan(250_020);
    expect(taken("return 1")).toBe(base);
  });

  it("tell a clock that goes on with their instructions", () => {
    const t = valkey();
    const [seconds] = evaluate(
      t,
      "local start = os.clock() for i = 1, 10000000 do end return {tostring(os.clock() - start)}",
    ) as string[];
    expect(Number(seconds.slice(1))).toBeCloseTo(0.049, 2);
  });
});
