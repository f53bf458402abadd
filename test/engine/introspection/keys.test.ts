import { describe, expect, it } from "vitest";
import { talk } from "../harness.ts";

const say = talk({ profile: "valkey-8.0" });
const INVALID = "-ERR Invalid arguments specified for command";

describe("COMMAND GETKEYS", () => {
  it.each([
    ["GET k", ["k"]],
    ["MSET a 1 b 2", ["a", "b"]],
    ["MEMORY USAGE k", ["k"]],
    ["XGROUP CREATE k g $", ["k"]],
    ["OBJECT ENCODING k", ["k"]],
    ["ZUNIONSTORE dst 2 a b WEIGHTS 1 2", ["dst", "a", "b"]],
    ["XREAD COUNT 2 STREAMS a b 0 0", ["a", "b"]],
    ["XREADGROUP GROUP g STREAMS STREAMS a 0", ["a"]],
    ["SORT a BY w_* LIMIT 0 1 GET # STORE b STORE c", ["a", "c"]],
    ["SORT_RO a BY w_*", ["a"]],
    ["GEORADIUS a 1 2 3 m STORE b", ["a", "b"]],
    ["BLMPOP 0 2 a b LEFT", ["a", "b"]],
    ["LMPOP 2 a b LEFT", ["a", "b"]],
    ["BLPOP a b 0", ["a", "b"]],
    ["BITOP AND d a b", ["d", "a", "b"]],
  ])("%s has %j", (call, keys) => {
    expect(say(`COMMAND GETKEYS ${call}`)).toEqual(keys.map(key => `$${key}`));
  });

  it.each([
    ["ZUNIONSTORE dst 0 a", INVALID],
    ["ZUNIONSTORE dst 5 a b", INVALID],
    ["GET", "-ERR Invalid number of arguments specified for command"],
    ["PING", "-ERR The command has no key arguments"],
    ["CONFIG NOSUCH x", "-ERR Invalid command specified"],
  ])("%s has none: %s", (call, reply) => {
    expect(say(`COMMAND GETKEYS ${call}`)).toBe(reply);
  });

  it.each([
    ["SET k v", [["$k", ["+OW", "+update"]]]],
    ["SET k v GET", [["$k", ["+RW", "+access", "+update"]]]],
    ["BITFIELD k GET u8 0", [["$k", ["+RO", "+access"]]]],
    [
      "SORT a STORE b",
      [
        ["$a", ["+RO", "+access"]],
        ["$b", ["+OW", "+update"]],
      ],
    ],
    [
      "LMOVE a b LEFT RIGHT",
      [
        ["$a", ["+RW", "+access", "+delete"]],
        ["$b", ["+RW", "+insert"]],
      ],
    ],
  ])("%s says what is done with them", (call, keys) => {
    expect(say(`COMMAND GETKEYSANDFLAGS ${call}`)).toEqual(keys);
  });
});

describe("COMMAND", () => {
  it("LIST filters by category and pattern, subcommands among them", () => {
    expect(say("COMMAND LIST FILTERBY PATTERN config|re*")).toEqual(["$config|rewrite", "$config|resetstat"]);
    expect(say("COMMAND LIST FILTERBY ACLCAT transaction")).toContain("$multi");
    expect(say("COMMAND LIST FILTERBY ACLCAT nosuch")).toEqual([]);
    expect(say("COMMAND LIST FILTERBY MODULE nosuch")).toEqual([]);
    expect(say("COMMAND LIST FILTERBY NOSUCH x")).toBe("-ERR syntax error");
  });

  it("DOCS has what INFO has not, for subcommands too", () => {
    const [name, docs] = say("COMMAND DOCS config|get") as readonly (readonly string[])[];
    expect(name).toBe("$config|get");
    expect(docs).toContain("$summary");
    expect(say("COMMAND DOCS nosuch")).toEqual([]);
  });

  it("every container has a HELP in the server's form", () => {
    for (const { name, children } of say.engine.commands.values()) {
      if (children === null) continue;
      const lines = say(`${name} HELP`) as readonly string[];
      expect(lines[0]).toBe(`+${name.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`);
    }
  });
});
