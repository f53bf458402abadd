// Which changes are a key's: what a replica that lacks some of them answers out of date.

import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/engine/commands/index.ts";
import { ChangesByKey } from "../../../src/models/replication/changes-by-key.ts";

const WRITTEN = [
  ["SET", "a", "1"],
  ["set", "b", "1"],
  ["mset", "a", "2", "b", "b", "c", "a"],
  ["DEL", "a", "b"],
  ["unlink", "c", "a"],
  ["RPUSH", "b", "a", "c"],
  ["BITOP", "AND", "d", "d", "e"],
  ["XGROUP", "CREATE", "s", "group", "$"],
  ["RENAME", "r", "t"],
  ["MULTI"],
  ["FLUSHALL"],
];

function noted() {
  const changes = new ChangesByKey({ command: name => COMMANDS.get(name.toLowerCase()) });
  for (const [sequence, argv] of WRITTEN.entries()) changes.note(argv, sequence);
  return changes;
}

describe("the changes of a key", () => {
  it("are those of every command that names it as a key, wherever and in whichever case", () => {
    const changes = noted();
    expect(changes.from("a", 0)).toEqual([0, 2, 3, 4]);
    expect(changes.from("b", 0)).toEqual([1, 2, 3, 5]);
    expect(changes.from("c", 0)).toEqual([2, 4]);
    expect(changes.from("a", 3)).toEqual([3, 4]);
    expect(changes.from("a", 5)).toEqual([]);
    expect(changes.from("1", 0)).toEqual([]);
    expect(changes.from("AND", 0)).toEqual([]);
    expect(changes.from("d", 0)).toEqual([6]);
    expect(changes.from("e", 0)).toEqual([]);
    expect(["s", "CREATE"].map(key => changes.from(key, 0))).toEqual([[7], []]);
    expect(["r", "t"].map(key => changes.from(key, 0))).toEqual([[8], [8]]);
  });

  it("are forgotten with the changes", () => {
    const changes = noted();
    for (let i = 0; i < 5; i++) changes.trim(WRITTEN[i], 5);
    expect(changes.from("a", 0)).toEqual([]);
    expect(changes.from("b", 0)).toEqual([5]);
  });
});
