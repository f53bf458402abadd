// Every number about the world has a source and a date reachable from its row. This reads the files on disk, so that a
// file nobody loads, and a figure nobody vouches for, are both found.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { clientLibraries } from "../../src/catalog/client-libraries.ts";
import { engineProfileNames } from "../../src/catalog/engines.ts";
import { limits } from "../../src/catalog/limits.ts";
import { nodeTypes } from "../../src/catalog/nodes.ts";
import { priceBookNames } from "../../src/catalog/prices.ts";
import { seedClaims } from "../../src/catalog/seed-claims.ts";

const ROOT = new URL("../../src/catalog/", import.meta.url);
const FILES = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter(name => name.endsWith(".json"))
  .map(name => name.replaceAll("\\", "/"))
  .sort();

interface Head {
  sources: Record<string, { title: string; url: string | null; date: string; confidence: string }>;
}

const heads = new Map(FILES.map(name => [name, JSON.parse(readFileSync(new URL(name, ROOT), "utf8")) as Head]));

/** Paths of numbers, and the source ids nearest above each: those of its own row or of the object around it. */
function numbers(value: unknown, path: string, cited: readonly string[]): { path: string; cited: readonly string[] }[] {
  if (typeof value === "number") return [{ path, cited }];
  if (typeof value !== "object" || value === null) return [];
  const own = "sources" in value && Array.isArray(value.sources) ? (value.sources as string[]) : cited;
  return Object.entries(value).flatMap(([key, inner]) => numbers(inner, `${path}/${key}`, own));
}

describe.each(FILES)("%s", name => {
  const head = heads.get(name) as Head;

  test("every number has a source with a date", () => {
    for (const { path, cited } of numbers(head, "", [])) {
      expect(cited, path).not.toHaveLength(0);
      for (const id of cited) expect(head.sources[id]?.date, `${path} ${id}`).toMatch(/20\d\d/u);
    }
  });

  test("every source at its head is used, and says what it is", () => {
    const text = JSON.stringify({ ...head, sources: {} });
    for (const [id, { title, url, confidence }] of Object.entries(head.sources)) {
      expect(text.includes(`"${id}"`), id).toBe(true);
      expect(title.length, id).toBeGreaterThan(9);
      expect(confidence, id).toMatch(/^(official|upstream|third-party|derived|assumption)/u);
      if (url !== null) expect(url, id).toMatch(/^https:\/\//u);
    }
  });
});

test("numbers are found at all: the law above looks at well over a thousand", () => {
  expect([...heads.values()].flatMap(head => numbers(head, "", [])).length).toBeGreaterThan(1_500);
});

test("one id means the same source in every file", () => {
  const meaning = new Map<string, string>();
  for (const [name, { sources }] of heads) {
    for (const [id, source] of Object.entries(sources)) {
      const text = JSON.stringify(source);
      expect(meaning.get(id) ?? text, `${id} in ${name}`).toBe(text);
      meaning.set(id, text);
    }
  }
});

test("every data file is loaded", () => {
  const families = [...new Set(nodeTypes().map(node => node.family))];
  expect(FILES).toEqual(
    [
      ...families.map(family => `nodes/${family}.json`),
      ...priceBookNames().map(book => `prices/${book}.json`),
      ...engineProfileNames().map(profile => `engines/${profile}.json`),
      ...clientLibraries().map(({ library }) => `clients/${library}.json`),
      "families.json",
      "limits.json",
      "seed-claims.json",
    ].sort(),
  );
  expect(limits().length).toBeGreaterThan(0);
  expect(seedClaims().length).toBeGreaterThan(0);
});
