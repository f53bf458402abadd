// Libraries of functions: all of a change or nothing, dumps, snapshots, replication.

import { describe, expect, it } from "vitest";
import { textOf } from "../../src/engine/bytes.ts";
import { provideLua } from "../../src/lua/index.ts";
import { talk } from "../engine/harness.ts";

provideLua();

const valkey = () => talk({ profile: "valkey-8.0" });
const library = (name: string, ...functions: string[]) =>
  `#!lua name=${name}\n${functions.map(one => `server.register_function('${one}', function(keys, args) return '${name}.${one}' end)`).join("\n")}`;

describe("FUNCTION LOAD", () => {
  it("leaves what was there when anything fails", () => {
    const t = valkey();
    t("FUNCTION LOAD", library("a", "f", "g"));
    expect(t("FUNCTION LOAD", library("a", "h"))).toBe("-ERR Library 'a' already exists");
    expect(t("FUNCTION LOAD", library("b", "h", "f"))).toBe("-ERR Function f already exists");
    expect(t("FUNCTION LOAD", "REPLACE", `${library("a", "h")}\nerror('late')`)).toMatch(/^-ERR Error registering/u);
    expect([t("FCALL f 0"), t("FCALL G 0"), t("FCALL h 0")]).toEqual(["$a.f", "$a.g", "-ERR Function not found"]);
    expect(t("FUNCTION LOAD", "REPLACE", library("a", "h"))).toBe("$a");
    expect([t("FCALL f 0"), t("FCALL h 0")]).toEqual(["-ERR Function not found", "$a.h"]);
  });

  it("has half a second", () => {
    const t = valkey();
    expect(t("FUNCTION LOAD", "#!lua name=a\nwhile true do end")).toBe(
      "-ERR Error registering functions: ERR FUNCTION LOAD timeout",
    );
    expect(t("FUNCTION LOAD", library("a", "f"))).toBe("$a");
  });

  it("is replicated as it came", () => {
    const t = valkey();
    const lines: string[] = [];
    t.engine.replicate = (_database, argv) => lines.push(argv.map(textOf).join(" ").split("\n")[0]);
    t("FUNCTION LOAD", library("a", "f"));
    t("FUNCTION DELETE a");
    t("FUNCTION FLUSH");
    expect(lines).toEqual(["FUNCTION LOAD #!lua name=a", "FUNCTION DELETE a", "FUNCTION FLUSH"]);
  });

  it("gives functions a state that lasts", () => {
    const t = valkey();
    t("FUNCTION LOAD", "#!lua name=a\nlocal n = 0\nserver.register_function('f', function() n = n + 1 return n end)");
    expect([t("FCALL f 0"), t("FCALL f 0")]).toEqual([":1", ":2"]);
  });
});

describe("FUNCTION DUMP and RESTORE", () => {
  it("bring libraries back by every policy", () => {
    const t = valkey();
    t("FUNCTION LOAD", library("a", "f"));
    t("FUNCTION LOAD", library("b", "g"));
    const dump = (t("FUNCTION DUMP") as string).slice(1);
    t("FUNCTION FLUSH");
    expect(t("FUNCTION RESTORE", dump)).toBe("+OK");
    expect(t("FUNCTION RESTORE", dump)).toBe("-ERR Library a already exists");
    expect(t("FUNCTION RESTORE", dump, "REPLACE")).toBe("+OK");
    t("FUNCTION DELETE a");
    t("FUNCTION LOAD", library("c", "f"));
    expect(t("FUNCTION RESTORE", dump, "REPLACE")).toBe("-ERR Function f already exists");
    expect([t("FCALL f 0"), t("FCALL g 0")]).toEqual(["$c.f", "$b.g"]);
    expect(t("FUNCTION RESTORE", dump, "FLUSH")).toBe("+OK");
    expect([t("FCALL f 0"), t("FCALL g 0")]).toEqual(["$a.f", "$b.g"]);
    expect(t("FUNCTION STATS")).toEqual([
      "$running_script",
      "(nil)",
      "$engines",
      ["$LUA", ["$libraries_count", ":2", "$functions_count", ":2"]],
    ]);
  });

  it("refuses every payload with a byte changed", () => {
    const t = valkey();
    t("FUNCTION LOAD", library("a", "f"));
    const dump = (t("FUNCTION DUMP") as string).slice(1);
    for (let at = 0; at < dump.length; at += 7) {
      const changed = dump.slice(0, at) + String.fromCharCode(dump.charCodeAt(at) ^ 1) + dump.slice(at + 1);
      expect(t("FUNCTION RESTORE", changed, "REPLACE")).toBe("-ERR DUMP payload version or checksum are wrong");
    }
  });
});

describe("libraries in snapshots", () => {
  it("come back with the data", () => {
    const t = valkey();
    t("FUNCTION LOAD", library("a", "f"));
    expect(t.engine.persistence.save()).toBe(true);
    t("FUNCTION FLUSH");
    expect(t.engine.persistence.load()).toBe(true);
    expect(t("FCALL f 0")).toBe("$a.f");
  });

  it("stay when the data are flushed", () => {
    const t = valkey();
    t("FUNCTION LOAD", library("a", "f"));
    t("FLUSHALL");
    expect(t("FCALL f 0")).toBe("$a.f");
  });
});
