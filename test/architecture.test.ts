// The shape of the project, held by a test: who may import whom, and what must not appear in the simulated world.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const src = join(root, "src");

/** Layer → layers it may import, besides its own files. Reading left to right is reading upwards. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  units: [],
  assert: [],
  version: [],
  sim: ["units", "assert"],
  engine: ["units", "assert", "sim"],
  catalog: ["units", "assert", "sim", "engine"],
  workload: ["units", "assert", "sim", "engine"],
  models: ["units", "assert", "sim", "engine", "catalog", "workload"],
  drills: ["units", "assert", "sim", "engine", "catalog", "workload", "models"],
  cost: ["units", "assert", "catalog"],
  result: [],
  scenarios: [
    "units",
    "assert",
    "version",
    "sim",
    "engine",
    "catalog",
    "workload",
    "models",
    "drills",
    "cost",
    "result",
  ],
  planner: [
    "units",
    "assert",
    "version",
    "sim",
    "engine",
    "catalog",
    "workload",
    "models",
    "drills",
    "cost",
    "scenarios",
    "result",
    "lua",
  ],
  report: ["units", "result", "version"],
  lua: ["units", "assert", "sim", "engine"],
  serve: ["units", "assert", "version", "sim", "engine", "lua"],
  cli: ["units", "assert", "version", "catalog", "models", "scenarios", "planner", "result", "report", "serve", "lua"],
};

/** The simulated world: no clock, timer, promise or ambient randomness in here. */
const SIMULATED = ["sim", "engine", "workload", "models", "drills", "cost", "catalog"];

const BANNED: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/\bMath\.random\b/u, "randomness comes from named streams"],
  [/\bDate\b(?!\.UTC)/u, "time is simulated"],
  [/\bperformance\b/u, "time is simulated"],
  [/\bprocess\.hrtime\b/u, "time is simulated"],
  [/\bset(?:Timeout|Interval|Immediate)\b/u, "timers belong to the outside world"],
  [/\bqueueMicrotask\b/u, "order must not depend on the runtime"],
  [/\bPromise\b/u, "order must not depend on the runtime"],
  [/\basync\s+(?:function\b|\(|\w+\s*=>|\w+\()|\bawait\b/u, "order must not depend on the runtime"],
  [/\bprocess\.env\b/u, "a run depends on its scenario and seed only"],
  [/node:(?:fs|net|http|child_process|worker_threads|crypto|os|timers)/u, "the simulated world has no outside"],
];

function files(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : path.endsWith(".ts") ? [path] : [];
  });
}

const sources = files(src).map(path => ({
  path,
  name: relative(src, path),
  layer: relative(src, path)
    .split("/")[0]
    .replace(/(?:\.d)?\.ts$/u, ""),
  text: readFileSync(path, "utf8"),
}));

/** The code without comments and string contents: words in prose are free. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//gu, "")
    .replace(/(^|[^:])\/\/.*$/gmu, "$1")
    .replace(/`(?:\\.|\$\{|[^`\\])*`/gu, "``");
}

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;]*?from\s+"([^"]+)"/gu),
    ...text.matchAll(/\bimport\(\s*"([^"]+)"/gu),
  ].map(match => match[1]);
}

describe("layers", () => {
  it("every folder of src has its row in the table", () => {
    const unknown = new Set(sources.map(one => one.layer).filter(layer => !(layer in MAY_IMPORT) && layer !== "jstat"));
    expect([...unknown]).toEqual([]);
  });

  it("imports go left only", () => {
    const wrong: string[] = [];
    for (const { path, name, layer, text } of sources) {
      for (const imported of importsOf(text)) {
        if (!imported.startsWith(".")) continue;
        const target = relative(src, resolve(dirname(path), imported));
        if (target.startsWith("..")) {
          if (target !== "../package.json") wrong.push(`${name} imports ${imported}`);
          continue;
        }
        const to = target.split("/")[0].replace(/(?:\.d)?\.ts$/u, "");
        if (to !== layer && !MAY_IMPORT[layer]?.includes(to)) wrong.push(`${name} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("reports read results only", () => {
    const wrong = sources
      .filter(one => one.layer === "report")
      .flatMap(one =>
        importsOf(one.text)
          .filter(imported => /scenarios|models|engine|sim\//u.test(imported))
          .map(imported => `${one.name}: ${imported}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe("the simulated world", () => {
  it.each(BANNED.map(([pattern, why]) => [pattern.source, pattern, why] as const))(
    "has no %s",
    (_text, pattern, why) => {
      const found = sources
        .filter(one => SIMULATED.includes(one.layer))
        .filter(one => pattern.test(codeOf(one.text)))
        .map(one => one.name);
      expect(found, why).toEqual([]);
    },
  );
});

describe("style", () => {
  const own = [
    ...sources,
    ...files(join(root, "test")).map(path => ({
      path,
      name: relative(root, path),
      layer: "test",
      text: readFileSync(path, "utf8"),
    })),
  ];

  it("files have at most 400 lines", () => {
    const long = own.filter(one => one.text.split("\n").length > 401).map(one => one.name);
    expect(long).toEqual([]);
  });

  it("nothing is left for later, and types are not switched off", () => {
    const marks = /\b(?:TODO|FIXME|XXX)\b|@ts-ignore|@ts-expect-error|\bas any\b|: any\b/u;
    const found = own
      .filter(one => one.name !== "test/architecture.test.ts" && marks.test(codeOf(one.text)))
      .map(one => one.name);
    expect(found).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  it("names every library of package.json and no other", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const used = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const table = text.slice(text.indexOf("| library |"), text.indexOf("## Tests"));
    const named = [...table.matchAll(/^\| ([^|]+) \|/gmu)].flatMap(([, names]) => names.split(", ")).slice(2);
    expect(named.sort()).toEqual(used.filter(name => !name.startsWith("@types/")).sort());
  });
});
