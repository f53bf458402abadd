// What a fresh clone installs from: the lock file has to be whole on every platform, not only on the one it was made on,
// and names no registry.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = (name: string) => readFileSync(join(import.meta.dirname, "..", name), "utf8");
const lock = JSON.parse(read("package-lock.json")) as { packages: Readonly<Record<string, Locked>> };

/** The folders in which Node looks for a dependency of the package in this folder. */
function places(folder: string, dependency: string): string[] {
  const found = [`${folder === "" ? "" : `${folder}/`}node_modules/${dependency}`];
  if (folder !== "") {
    const above = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1));
    found.push(...places(above, dependency));
  }
  return found;
}

describe("package-lock.json", () => {
  test("has every dependency, those of other platforms too", () => {
    const missing = Object.entries(lock.packages).flatMap(([folder, one]) =>
      Object.keys({ ...one.dependencies, ...one.optionalDependencies, ...one.devDependencies })
        .filter(dependency => !places(folder, dependency).some(place => place in lock.packages))
        .map(dependency => `${folder} needs ${dependency}`),
    );
    expect(missing).toEqual([]);
  });

  test("names no place to download from", () => {
    expect(read("package-lock.json")).not.toMatch(/"resolved"|registry/u);
  });
});

describe("package.json", () => {
  test("pins every version", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Required<Locked>;
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/u);
  });
});
