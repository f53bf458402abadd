// A parameter is read, or it says why not: none is accepted and quietly ignored.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PARAMETERS } from "../../src/engine/parameters.ts";

/** Everything but the table of the parameters itself. */
const SOURCES = ["src/engine", "src/serve", "src/lua", "src/cli", "src/models"]
  .flatMap(folder => readdirSync(folder, { recursive: true, encoding: "utf8" }).map(file => join(folder, file)))
  .filter(file => file.endsWith(".ts") && !file.startsWith("src/engine/parameters"))
  .map(file => readFileSync(file, "utf8"))
  .join("\n");

const mentioned = ({ name, aliases = [] }: { name: string; aliases?: readonly string[] }) =>
  [name, ...aliases].some(one => SOURCES.includes(`"${one}"`));

test("what the code does not read is marked with the reason", () => {
  const silent = PARAMETERS.filter(spec => spec.inert === undefined && !mentioned(spec));
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test("what is marked as without effect is not read", () => {
  const read = PARAMETERS.filter(spec => spec.inert !== undefined && mentioned(spec));
  expect(read.map(({ name }) => name)).toEqual([]);
});
