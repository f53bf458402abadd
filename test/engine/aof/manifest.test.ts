import { describe, expect, it } from "vitest";
import {
  EMPTY_MANIFEST,
  formatManifest,
  lastIncrement,
  parseManifest,
  upgraded,
  withBase,
  withIncrement,
  withoutHistory,
} from "../../../src/engine/aof/manifest.ts";

const NAME = "appendonly.aof";

describe("the list of append-only files", () => {
  it("goes through a rewrite as the server's does", () => {
    const started = withIncrement(withBase(EMPTY_MANIFEST, NAME, true, 0), NAME);
    expect(formatManifest(started)).toBe(
      "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n",
    );
    // A rewrite begins with a new increment and ends with a new base; what it covers is history.
    const rewriting = withIncrement(started, NAME);
    const done = withBase(rewriting, NAME, false, 1);
    expect(formatManifest(done)).toBe(
      [
        "file appendonly.aof.2.base.aof seq 2 type b",
        "file appendonly.aof.1.base.rdb seq 1 type h",
        "file appendonly.aof.1.incr.aof seq 1 type h",
        "file appendonly.aof.2.incr.aof seq 2 type i",
        "",
      ].join("\n"),
    );
    expect(lastIncrement(done)?.sequence).toBe(2);
    expect(formatManifest(withoutHistory(done)).split("\n")).toHaveLength(3);
    expect(parseManifest(formatManifest(done))).toEqual(done);
  });

  it("takes over the file of an older version", () => {
    expect(formatManifest(upgraded(NAME))).toBe("file appendonly.aof seq 1 type b\n");
  });

  it("quotes names that need it", () => {
    const manifest = { ...EMPTY_MANIFEST, increments: [{ name: 'a "b" c.aof', sequence: 1 }], incrementSequence: 1 };
    expect(formatManifest(manifest)).toBe('file "a \\"b\\" c.aof" seq 1 type i\n');
    expect(parseManifest(formatManifest(manifest))).toEqual(manifest);
  });

  it.each([
    ["", "Found an empty AOF manifest"],
    ["\n", "Invalid AOF manifest file format"],
    ["file a seq 1\n", "Invalid AOF manifest file format"],
    ["file a seq 1 type b more\n", "Invalid AOF manifest file format"],
    ["file a seq 0 type b\n", "Invalid AOF manifest file format"],
    ["file a/b seq 1 type b\n", "File can't be a path, just a filename"],
    ["file a seq 1 type b\nfile b seq 2 type b\n", "Found duplicate base file information"],
    ["file a seq 1 type x\n", "Unknown AOF file type"],
    ["file a seq 2 type i\nfile b seq 1 type i\n", "Found a non-monotonic sequence number"],
    [`file ${"a".repeat(1_100)} seq 1 type b\n`, "The AOF manifest file contains too long line"],
    ["file a seq 1 type b", "The AOF manifest file contains too long line"],
  ])("refuses %j", (text, problem) => {
    expect(() => parseManifest(text)).toThrow(problem);
  });

  it("ignores comments and words that it does not know", () => {
    const text = "# comment\nfile a seq 1 type b more words\n";
    expect(parseManifest(text).base).toEqual({ name: "a", sequence: 1 });
  });
});
