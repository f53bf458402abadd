// Price books of the user's in scenarios: found beside the scenario, and told with both places when something is wrong.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importOffer } from "../../src/catalog/prices-import.ts";
import { ScenarioError } from "../../src/scenarios/issue.ts";
import { readJsonFile } from "../../src/scenarios/json-text.ts";
import { findBook } from "../../src/scenarios/price-file.ts";
import { C7GN_TERMS, node, offer, serverless } from "../catalog/offer.ts";
import { temporaryFolder } from "./fixture.ts";

const folder = temporaryFolder();
const { book } = importOffer(
  offer([node("cache.c7gn.large", "Valkey", "0.25", C7GN_TERMS), ...serverless("Valkey", "0.084", "0.0000000023")]),
);
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

/** What is told of a book with this change. */
function problems(spoil: (copy: Record<string, unknown> & typeof book) => void): readonly string[] {
  const copy = structuredClone(book) as Record<string, unknown> & typeof book;
  spoil(copy);
  write("book.json", JSON.stringify(copy, null, 2));
  const found = findBook("./book.json", folder);
  return "book" in found ? [] : found;
}

test("a book by name, and a file relative to the scenario", () => {
  const named = findBook("seed-2025", folder);
  expect("book" in named && [named.book.name, named.fileDigest]).toEqual(["seed-2025", null]);
  write("mine.json", JSON.stringify(book));
  const mine = findBook("mine.json", folder);
  expect("book" in mine && [mine.book.name, mine.fileDigest?.length]).toEqual(["aws-us-east-1-2025-06-24", 64]);
});

describe("what is wrong with a book is told all at once, at its place", () => {
  test("values out of range, keys that do not exist or are missing", () => {
    expect(
      problems(copy => {
        copy.serverless[0].storagePerGBHourUsd = -1;
        copy.onDemnd = [];
        Object.assign(copy, { region: undefined });
      }),
    ).toEqual([
      expect.stringMatching(/^\.\/book\.json:1:1: region /u),
      expect.stringMatching(/^\.\/book\.json:\d+:\d+: serverless\[0\]\.storagePerGBHourUsd .*-1/u),
      expect.stringMatching(/^\.\/book\.json:\d+:3: onDemnd .*did you mean «onDemand»/u),
    ]);
  });

  test("node types that nobody knows", () => {
    expect(problems(copy => copy.onDemand.push({ ...copy.onDemand[0], node: "cache.c7gn.larg" }))).toEqual([
      expect.stringMatching(/onDemand\[1\]\.node prices «cache\.c7gn\.larg», .* did you mean «cache\.c7gn\.large»/u),
    ]);
  });

  test("a name that no book has", () => {
    expect(findBook("aws-us-east-11", folder)).toEqual([
      expect.stringMatching(/no price book «aws-us-east-11»; there are aws-us-east-1, .*did you mean «aws-us-east-1»/u),
    ]);
    expect(findBook("./nowhere.json", folder)).toEqual(["./nowhere.json: there is no such file"]);
  });
});

describe("JSON files from outside", () => {
  const complaint = (text: string): string => {
    write("some.json", text);
    try {
      readJsonFile(join(folder, "some.json"));
      return "";
    } catch (error) {
      return error instanceof ScenarioError ? error.issues[0].message : String(error);
    }
  };

  test("one that is cut off is told from one that is wrong", () => {
    const whole = JSON.stringify(book, null, 2);
    for (const part of [0.2, 0.5, 0.9, 0.99]) {
      expect(complaint(whole.slice(0, whole.length * part)), String(part)).toMatch(
        /^is cut off: the JSON ends in the/u,
      );
    }
    expect(complaint("products: 1")).toBe("is no JSON: Unexpected token 'p'");
    expect(complaint('{"a": [1 2, 3]}')).toBe("is no JSON: Expected ',' or ']' after array element");
    expect(complaint(" \n")).toBe("is empty");
  });
});
