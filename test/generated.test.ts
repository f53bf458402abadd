// What is generated and committed is what the code generates now. The remedy is always: npm run generate

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { COMMANDS } from "../src/engine/commands/index.ts";
import { ABSENT } from "../src/engine/deviations.ts";
import { commandDocs } from "../src/models/command-table.ts";
import { metricDocs } from "../src/models/metrics/docs.ts";
import { scenarioDocs } from "../src/scenarios/docs.ts";
import { scenarioJsonSchema, scenarioJsonSchemaText } from "../src/scenarios/json-schema.ts";
import { loadScenario } from "../src/scenarios/load.ts";
import { scenarioSchema } from "../src/scenarios/schema.ts";
import { temporaryFolder } from "./scenarios/fixture.ts";

const root = resolve(import.meta.dirname, "..");
const committed = (path: string) => readFileSync(join(root, path), "utf8");
const REMEDY = "is out of date: npm run generate";

test("schema/scenario.schema.json", () => {
  expect(committed("schema/scenario.schema.json"), REMEDY).toBe(scenarioJsonSchemaText());
});

test("docs/scenario.md", () => {
  expect(committed("docs/scenario.md"), REMEDY).toBe(scenarioDocs());
});

test("docs/commands.md", () => {
  expect(committed("docs/commands.md"), REMEDY).toBe(commandDocs());
});

test("docs/metrics.md", () => {
  expect(committed("docs/metrics.md"), REMEDY).toBe(metricDocs());
});

test("every command of Valkey 8.0.1 is in the table or it is said why not", () => {
  const theirs = Object.keys(JSON.parse(committed("test/oracle/commands-8.0.1.json.golden")) as object);
  const there = (name: string) => {
    const [first, second] = name.split("|");
    const command = COMMANDS.get(first);
    return second === undefined ? command !== undefined : (command?.children?.has(second) ?? false);
  };
  expect(theirs.filter(name => !there(name) && !(name in ABSENT) && !(name.split("|")[0] in ABSENT))).toEqual([]);
  expect(Object.keys(ABSENT).filter(there)).toEqual([]);
});

test("scenarios/traces/sample.csv.gz is what scripts/make-trace.mjs writes", () => {
  const made = join(temporaryFolder(), "sample.csv.gz");
  execFileSync(process.execPath, [join(root, "scripts/make-trace.mjs"), made], { stdio: "pipe" });
  const text = (file: string) => gunzipSync(readFileSync(file)).toString("latin1");
  // The bytes of gzip depend on the version of zlib, what is in them does not.
  expect(text(join(root, "scenarios/traces/sample.csv.gz")) === text(made), "run node scripts/make-trace.mjs").toBe(
    true,
  );
});

interface Schema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}
type Path = readonly (string | number)[];

/** Every key of the grammar, with [] for the elements of lists. */
function keysOf(schema: Schema, path: readonly string[] = []): { path: readonly string[]; schema: Schema }[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => [
    { path: [...path, name], schema: child },
    ...keysOf(child, [...path, name]),
  ]);
  const items = schema.items === undefined ? [] : keysOf(schema.items, [...path, "[]"]);
  return [...own, ...items, ...(schema.anyOf ?? []).flatMap(one => keysOf(one, path))];
}

/** Where such a key stands in a value: in a list, in every element that has it. */
function places(value: unknown, path: readonly string[], from: Path = []): Path[] {
  const [step, ...rest] = path;
  if (step === undefined) return [from];
  if (step === "[]") return Array.isArray(value) ? value.flatMap((one, i) => places(one, rest, [...from, i])) : [];
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return [];
  return places((value as Record<string, unknown>)[step], rest, [...from, step]);
}

describe("scenarios/reference.yaml", () => {
  const text = committed("scenarios/reference.yaml");
  const reference = parse(text) as Record<string, unknown>;
  const all = keysOf(scenarioJsonSchema() as Schema);
  /** Options that several keys share have one name: it is enough to show them once. */
  const nameOf = (path: readonly string[]) => {
    if (path[0] === "drills") return `drills.${path.at(-1)}`;
    if (path[0] === "data") return ["stored", ...path.slice(2)].join(".");
    const holds = path.indexOf("holds");
    if (holds !== -1) return ["stored", ...path.slice(holds + 1)].join(".");
    const stampede = path.indexOf("stampede");
    return (stampede === -1 ? path : path.slice(stampede)).join(".");
  };
  /** Keys that exclude what stands there are shown as comments. */
  const commented = (name: string) => new RegExp(`^\\s*#[\\s-]*${name}:`, "mu").test(text);

  test("names every key that there is", () => {
    const shown = new Set(all.flatMap(({ path }) => (places(reference, path).length > 0 ? [nameOf(path)] : [])));
    const missing = all
      .filter(({ path }) => places(reference, path).length === 0 && !commented(path.at(-1)!))
      .filter(({ path }) => !(path.includes("stampede") || path.includes("holds")) || !shown.has(nameOf(path)))
      .map(({ path }) => path.join("."));
    expect(missing, "keys of the grammar that reference.yaml does not show").toEqual([]);
    expect(all.length).toBeGreaterThan(90);
  });

  /** Everything about a parsed scenario that can be compared: distributions by their moments. */
  const parsed = (value: unknown) => JSON.stringify(scenarioSchema.parse(value));

  test("gives keys with a default that default: leaving one out changes nothing", () => {
    // One place at least shows it; drills share their options.
    const shown = new Map<string, boolean>();
    for (const { path, schema } of all) {
      // Mappings show what is in them, key by key.
      if (schema.default === undefined || typeof schema.default === "object") continue;
      const same = places(reference, path).some(place => {
        const without = structuredClone(reference);
        const parent = place
          .slice(0, -1)
          .reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], without);
        delete (parent as Record<string | number, unknown>)[place.at(-1)!];
        return parsed(without) === parsed(reference);
      });
      const name = `${nameOf(path)}: ${schema.default}`;
      shown.set(name, same || shown.get(name) === true);
    }
    const differs = [...shown].filter(([, same]) => !same).map(([name]) => name);
    expect(differs).toEqual([]);
    expect(shown.size).toBeGreaterThan(40);
  });

  test.each([
    "cluster.failover",
    "cluster.failover.profile",
    "cluster.failover.detection",
    "cluster.failover.promotion",
    "cluster.failover.dns",
    "cluster.failover.replacement",
    "cluster.multiAz",
    "clients[0].pool",
    "clients[0].pool.size",
    "clients[0].pool.initial",
    "clients[0].pool.minIdle",
    "clients[0].pool.maxWait",
    "clients[0].pool.multiplex",
    "clients[0].pool.order",
    "clients[0].pool.validation",
    "clients[0].pool.idleTimeout",
    "clients[0].pool.lifetime",
    "clients[0].pool.reuse",
    "clients[0].timeout",
    "clients[0].connectTimeout",
    "clients[0].connectWork",
    "clients[0].loginTrips",
    "clients[0].reconnect",
    "clients[0].reconnect.backoff",
    "clients[0].reconnect.jitter",
    "clients[0].retry",
    "clients[0].retry.attempts",
    "clients[0].retry.backoff",
    "clients[0].retry.jitter",
    "clients[0].retry.on",
    "clients[0].dns",
    "clients[0].topology",
    "clients[0].multiKey",
    "clients[0].topology.every",
    "clients[0].topology.spacing",
    "clients[0].topology.on",
    "clients[0].readFrom",
    "clients[0].overhead",
    "clients[1].socketTimeout",
    "clients[0].tcp",
    "clients[0].tcp.userTimeout",
    "clients[0].tcp.retransmissions",
    "clients[0].tcp.keepAlive",
    "clients[0].tcp.keepAlive.idle",
    "prices",
  ])("shows for %s what holds when it is left out, though the grammar names no default", async path => {
    const file = join(root, "scenarios/reference.yaml");
    const world = async (settings: string[]) => {
      const { built } = await loadScenario({ file, settings });
      const { cluster, clients } = built.world(0, 1);
      return JSON.stringify([cluster, clients, built.book.name]);
    };
    expect(await world([`~${path}`])).toBe(await world([]));
  });
});
