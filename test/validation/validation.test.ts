// Every prediction lies within its bound of what it is held against, and docs/validation.md shows these very figures.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PREAMBLE, SUBJECTS, section } from "./index.ts";
import { deviation, isWithin } from "./row.ts";

const page = readFileSync(new URL("../../docs/validation.md", import.meta.url), "utf8");

it("the page begins as it should and has a section for every subject", () => {
  expect(page.startsWith(PREAMBLE)).toBe(true);
  expect([...page.matchAll(/^## (.+)$/gmu)].map(match => match[1])).toEqual(SUBJECTS.map(subject => subject.title));
});

describe.each(SUBJECTS.map(subject => [subject.title, subject] as const))("%s", (title, subject) => {
  if (subject.missing !== null) console.log(`«${title}» is not validated: ${subject.missing}`);

  it.skipIf(subject.missing !== null)("lies within its bounds, as the page shows", { timeout: 600_000 }, () => {
    const rows = subject.rows();
    expect(rows.length).toBeGreaterThan(3);
    const outside = rows.filter(row => !isWithin(row)).map(row => `${row.what}: ${deviation(row)}`);
    expect(outside).toEqual([]);
    expect(page, "docs/validation.md is out of date: npm run validation").toContain(section(subject, rows));
  });
});
