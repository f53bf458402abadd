// The machine itself: bytes through it unharmed, no growth over many runs, and nothing a script does takes the process along.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeReply } from "../../src/engine/resp/writer.ts";
import { provideLua } from "../../src/lua/index.ts";
import { formatG, parseNumber } from "../../src/lua/numbers.ts";
import { type Talk, talk } from "../engine/harness.ts";

provideLua();

const valkey = () => talk({ profile: "valkey-8.0" });
const evaluate = (t: Talk, script: string, ...args: string[]) => t("EVAL", script, "0", ...args);

const byteString = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map(code => String.fromCharCode(code)),
  maxLength: 100,
});

describe("byte strings", () => {
  it("pass through arguments, calls and replies", () => {
    const t = valkey();
    fc.assert(
      fc.property(byteString, bytes => {
        expect(evaluate(t, "redis.call('set', 'k', ARGV[1]) return redis.call('get', 'k')", bytes)).toBe(`$${bytes}`);
      }),
    );
  });

  it("may be longer than any buffer", () => {
    const t = valkey();
    const long = "\xff\0ab".repeat(500_000);
    expect(evaluate(t, "return ARGV[1] .. 'x'", long)).toBe(`$${long}x`);
  });

  it("come back out of cjson, cmsgpack and struct", () => {
    const t = valkey();
    fc.assert(
      fc.property(fc.array(byteString, { maxLength: 5 }), items => {
        const script = (way: string) => `local v = ${way} for i = 1, #ARGV do assert(v[i] == ARGV[i]) end return #v`;
        expect(evaluate(t, script("cmsgpack.unpack(cmsgpack.pack(ARGV))"), ...items)).toBe(`:${items.length}`);
        expect(evaluate(t, script("cjson.decode(cjson.encode(ARGV))"), ...items)).toBe(`:${items.length}`);
        for (const one of items.filter(({ length }) => length > 0)) {
          const script = `return struct.unpack('c${one.length}', struct.pack('c0', ARGV[1]))`;
          expect(evaluate(t, script, one)).toBe(`$${one}`);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("numbers", () => {
  it("are printed with as many digits as asked for, and read back", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), value => {
        const text = formatG(value, 17);
        expect(parseNumber(text, 0)).toEqual({ value, end: text.length });
      }),
    );
    expect([formatG(2.5, 1), formatG(3.5, 1), formatG(12_345_678_901_234.5, 14), formatG(1e-5, 6)]).toEqual([
      "2",
      "4",
      "12345678901234",
      "1e-05",
    ]);
  });

  it("come out of lists as integers of 64 bits", () => {
    const t = valkey();
    expect(evaluate(t, "return {2^53, 2^62, -2^63, 2^64, 0/0, 1.9, -1.9}")).toEqual([
      ":9007199254740992",
      ":4611686018427387904",
      ":-9223372036854775808",
      ":-9223372036854775808",
      ":-9223372036854775808",
      ":1",
      ":-1",
    ]);
  });
});

describe("many runs", () => {
  it("leave nothing behind", () => {
    const t = valkey();
    const script = "local t = {} for i = 1, #KEYS do t[i] = redis.call('incr', KEYS[i]) .. ARGV[1] end return t";
    const run = () => t("EVAL", script, "2", "a", "b", "x".repeat(100));
    for (let i = 0; i < 2_000; i++) run();
    const after = t.engine.scriptUsage().evalVmBytes;
    for (let i = 0; i < 20_000; i++) run();
    for (let i = 0; i < 5_000; i++) evaluate(t, "error('x')");
    expect(t.engine.scriptUsage().evalVmBytes).toBeLessThan(Math.max(after, 60_000) * 1.5);
    expect(t("GET a")).toBe("$22000");
  });
});

describe("hostile scripts", () => {
  const alive = (t: Talk) => expect(evaluate(t, "return redis.call('ping')")).toBe("+PONG");

  it.each([
    ["a pattern deeper than the stack", "return string.find(string.rep('a', 300000), string.rep('a?', 300000) .. 'b')"],
    ["more memory than there is", "local s = 'x' while true do s = s .. s end"],
    ["recursion through C", "local function f(s) return (s:gsub('.', f)) end return f('x')"],
    [
      "recursion through metamethods",
      "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) return t[1]",
    ],
    ["recursion in Lua", "local function f() return 1 + f() end return f()"],
    ["nesting in cmsgpack", "return cmsgpack.unpack(string.rep('\\145', 100000))"],
    ["nesting in cjson", "cjson.decode_max_depth(1000000) return cjson.decode(string.rep('[', 100000))"],
    ["an error that fails to be shown", "error(setmetatable({}, {__tostring = function() error('x') end}))"],
    ["an error that fails to be noted", "error(setmetatable({err = 'a'}, {__newindex = function() error('y') end}))"],
    ["an error without words", "error({1})"],
    ["an error in an error handler", "xpcall(error, function() error('again') end) error('out')"],
    ["globals taken away", "setfenv(0, {}) error('x')"],
  ])("%s ends the script only", (_name, script) => {
    const t = valkey();
    evaluate(t, "return 1");
    const reply = evaluate(t, script);
    expect(reply).toMatch(/^-/u);
    alive(t);
    expect(evaluate(t, "return cjson.encode({1})")).toBe("$[1]");
  });

  it("a table in itself becomes as deep a reply as Lua's stack", () => {
    const t = valkey();
    const reply = t.engine.execute(t.session, ["EVAL", "local a = {} local b = {a} a[1] = b return a", "0"]);
    const text = encodeReply(reply, 2);
    expect(text).toMatch(/^(?:\*1\r\n){7000,8000}-ERR reached lua stack limit\r\n$/u);
  });

  it("functions survive a library that breaks the machine", () => {
    const t = valkey();
    t("FUNCTION LOAD", "#!lua name=a\nserver.register_function('f', function() return 7 end)");
    t(
      "FUNCTION LOAD",
      "#!lua name=b\nserver.register_function('bad', function() return string.find(string.rep('a', 300000), string.rep('a?', 300000) .. 'b') end)",
    );
    expect(t("FCALL bad 0")).toMatch(/^-ERR Error running script bad/u);
    expect(t("FCALL f 0")).toBe(":7");
  });
});
