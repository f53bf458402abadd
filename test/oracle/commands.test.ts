// The command table against what COMMAND INFO of Valkey 8.0.1 says of each command: arity, flags, keys, categories, tips and
// key specs are facts that clients and proxies act on. The JSON is made from a real server's replies, without its prose.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Command } from "../../src/engine/command.ts";
import { FACTS } from "../../src/engine/commands/facts.ts";
import { COMMANDS } from "../../src/engine/commands/index.ts";
import { everyCommand } from "../../src/engine/commands/introspect.ts";
import { talk } from "../engine/harness.ts";
import { plain } from "../engine/plain.ts";

interface Facts {
  readonly arity: number;
  readonly flags: readonly string[];
  readonly keys: readonly number[];
  readonly categories: readonly string[];
  readonly tips: readonly string[];
  readonly keySpecs: readonly unknown[];
  readonly group: string;
  readonly since: string;
}

const file = new URL("commands-8.0.1.json.golden", import.meta.url);
const REAL = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Facts>>;
const OURS = new Map([...everyCommand(COMMANDS)].map(command => [command.fullName, command]));
/** What no client calls, and what only another mode of the server has. */
const LEFT_OUT: ReadonlySet<string> = new Set([]);

function factsOf({ fullName, group, spec }: Command): Facts {
  const { engine, session } = talk({ profile: "valkey-8.0" });
  const [info] = plain(engine.execute(session, ["COMMAND", "INFO", fullName])) as unknown[][];
  const [, arity, flags, first, last, step, categories, tips, keySpecs] = info;
  return {
    arity: arity as number,
    flags: [...(flags as string[])].sort(),
    keys: [first, last, step] as number[],
    categories: (categories as string[]).map(name => name.slice(1)).sort(),
    tips: tips as string[],
    keySpecs: keySpecs as unknown[],
    group,
    since: spec.since,
  };
}

describe("the command table", () => {
  it.each([...OURS.keys()].filter(name => name in REAL))("%s is declared as the server declares it", name => {
    const { arity, flags, keys, categories, tips, keySpecs, group, since } = REAL[name];
    expect(factsOf(OURS.get(name)!)).toEqual({ arity, flags, keys, categories, tips, keySpecs, group, since });
  });

  it("has the server's commands, and none that the server does not have", () => {
    expect([...OURS.keys()].filter(name => !(name in REAL))).toEqual([]);
    expect(Object.keys(REAL).filter(name => !OURS.has(name) && !LEFT_OUT.has(name))).toEqual([]);
  });

  it("knows facts of nothing but the server's commands", () => {
    expect([...FACTS.keys()].filter(name => !(name in REAL))).toEqual([]);
  });

  it("declares the range of keys that follows from the key specs", () => {
    for (const [name, { spec }] of OURS) {
      if (spec.keys === undefined || !(name in REAL)) continue;
      expect([name, spec.keys.first, spec.keys.last, spec.keys.step]).toEqual([name, ...REAL[name].keys]);
    }
  });
});
