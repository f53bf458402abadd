// COMMAND DOCS against Valkey 8.0.1's: the arguments of every command with their names, types, words and options, which
// redis-cli makes hints from and client generators read. The JSON holds the server's facts without its prose.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEPRECATED, SYNTAX, SYSTEM } from "../../src/engine/commands/syntax.ts";
import { parseSyntax, synopsis } from "../../src/engine/introspection/syntax.ts";
import { talk } from "../engine/harness.ts";
import { plain } from "../engine/plain.ts";

interface Docs {
  readonly arguments: readonly unknown[];
  readonly docFlags?: readonly string[];
  readonly deprecatedSince?: string;
}

const file = new URL("command-docs-8.0.1.json.golden", import.meta.url);
const REAL = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Docs>>;

describe("COMMAND DOCS", () => {
  const { engine, session } = talk({ profile: "valkey-8.0" });

  it.each(Object.keys(REAL))("tells the arguments of %s as the server does", name => {
    const reply = plain(engine.execute(session, ["COMMAND", "DOCS", name])) as Record<string, Record<string, unknown>>;
    const docs = reply[name];
    expect(docs.arguments ?? []).toEqual(REAL[name].arguments);
    expect(docs.doc_flags).toEqual(REAL[name].docFlags);
    expect(docs.deprecated_since).toEqual(REAL[name].deprecatedSince);
  });

  it("knows the syntax of no command that does not exist", () => {
    const named = [...Object.keys(SYNTAX), ...Object.keys(DEPRECATED), ...SYSTEM];
    expect(named.filter(name => !(name in REAL))).toEqual([]);
  });
});

describe("a synopsis", () => {
  it.each([
    [
      "set",
      "key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]",
    ],
    ["mset", "key value [key value ...]"],
    [
      "sort",
      "key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]",
    ],
    ["bitop", "<AND | OR | XOR | NOT> destkey key [key ...]"],
    ["xtrim", "key <MAXLEN | MINID> [= | ~] threshold [LIMIT count]"],
  ])("of %s reads as manuals write it", (name, text) => {
    expect(synopsis(parseSyntax(SYNTAX[name]))).toBe(text);
  });

  it("points at what it cannot read", () => {
    expect(() => parseSyntax("key#0 ?")).toThrow("no argument at 6 of key#0 ?");
    expect(() => parseSyntax("one(a | b")).toThrow("no ) at 9");
    expect(() => parseSyntax("key#0)")).toThrow("goes on at 5");
  });
});
