// Files that are no scenario: one clear message each, whatever they are, and nothing else breaks.

import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, openSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ScenarioError } from "../../src/scenarios/issue.ts";
import { describeSystemError, isPrefix, parseYaml } from "../../src/scenarios/yaml-file.ts";
import { BASE, file, issuesOf, load, problems, temporaryFolder } from "./fixture.ts";

/** The only message about a file, without its name. */
async function only(path: string): Promise<string> {
  const issues = await issuesOf({ file: path });
  expect(issues.map(issue => issue.message)).toHaveLength(1);
  expect(issues[0].origin).toBe(path);
  return issues[0].message;
}

/** Nine aliases to nine aliases, nine storeys high: a billion values. */
const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]\n${[..."bcdefghij"]
  .map((name, i) => `${name}: &${name} [${new Array(9).fill(`*${"abcdefghi"[i]}`).join(", ")}]`)
  .join("\n")}\n`;

describe("files that cannot be read", () => {
  test("a missing file, a directory, a path through a file, an empty name", async () => {
    const folder = temporaryFolder();
    expect(await only(join(folder, "nope.yaml"))).toBe("there is no such file");
    expect(await only(folder)).toBe("is a directory; a scenario is a YAML file");
    expect(await only(join(file(BASE), "below.yaml"))).toBe("lies below something that is no directory");
    expect(await only("")).toBe("there is no such file");
  });

  test("a device without end and one without beginning", async () => {
    expect(await only("/dev/zero")).toBe("has more than 2097152 bytes; a scenario is shorter");
    expect(await only("/dev/null")).toBe("is empty; a scenario needs at least name, cluster, clients and workload");
  });

  test("a pipe is read like a file", async () => {
    const pipe = join(temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    execFileSync("sh", ["-c", 'printf "name: x" > "$1" &', "sh", pipe], { stdio: "ignore" });
    expect((await issuesOf({ file: pipe })).map(issue => issue.message)).toContain("is missing: needs a list");
  });

  test("a file of ten gigabytes is not read", async () => {
    const path = file("");
    const descriptor = openSync(path, "r+");
    ftruncateSync(descriptor, 10 * 2 ** 30);
    closeSync(descriptor);
    expect(await only(path)).toBe("has more than 2097152 bytes; a scenario is shorter");
  });

  test("two megabytes of comment are still a scenario, one byte more is none", async () => {
    const pad = (bytes: number) => `${BASE}#${"-".repeat(bytes - BASE.length - 1)}`;
    await load(pad(2 * 2 ** 20));
    expect(await only(file(pad(2 * 2 ** 20 + 1)))).toContain("has more than");
  });

  test("system errors in words", () => {
    const words = (code: string) => describeSystemError(Object.assign(new Error("x"), { code }));
    for (const code of [
      "ENOENT",
      "EACCES",
      "EPERM",
      "EISDIR",
      "ENOTDIR",
      "EEXIST",
      "ENOSPC",
      "EROFS",
      "ENAMETOOLONG",
    ]) {
      expect(words(code)).toMatch(/^[a-z ]+$/u);
    }
    expect(words("EWHATEVER")).toBe("EWHATEVER");
  });
});

describe("files that are no YAML of one scenario", () => {
  test.each<[string, string | Buffer, string]>([
    ["empty", "", "is empty"],
    ["blank lines", " \n\n", "is empty"],
    ["comments only", "# nothing\n", "is empty"],
    ["an end mark only", "---\n...\n", "must be a mapping"],
    ["a word", "hello\n", "must be a mapping with the keys name, cluster, clients, workload"],
    ["a list", "- a\n- b\n", "must be a mapping"],
    [
      "bytes that are not UTF-8",
      Buffer.from([0x6e, 0x3a, 0x20, 0x78, 0x0a, 0x6d, 0x3a, 0xff, 0x0a]),
      "is not UTF-8, in line 2",
    ],
    ["a cut UTF-8 character at the end", Buffer.from([0x6e, 0x3a, 0x20, 0xe2, 0x82]), "is not UTF-8, in line 1"],
    ["UTF-16", Buffer.from(BASE, "utf16le"), "is no text: it holds a zero byte"],
    ["gzip", Buffer.from("1f8b0800000000000003", "hex"), "is no text"],
    ["two documents", `${BASE}---\n${BASE}`, "holds more than one document"],
    ["tabs", BASE.replace("    rate", "\trate"), "Tabs are not allowed as indentation"],
    ["an open bracket", "name: [a, b\n", "must be sufficiently indented and end with a ]"],
    ["a key twice", `${BASE}name: again\n`, "Map keys must be unique"],
    ["an alias bomb", BOMB, "uses aliases beyond all measure: refused"],
    ["an alias to nothing", BASE.replace("{ name: web }", "*web"), "there is no anchor «&web» above"],
    ["a value within itself", `${BASE}x: &x { y: *x }\n`, "holds itself by an alias: refused"],
    ["an unknown tag", BASE.replace("small", "!secret small"), "Unresolved tag: !secret"],
    ["brackets without end", `a: ${"[".repeat(20_000)}`, "is nested too deeply"],
    ["mappings without end", `a: ${"{a: ".repeat(5_000)}1${"}".repeat(5_000)}`, "is nested too deeply"],
    ["a prototype", `${BASE}__proto__: { seed: 7 }\n`, "«__proto__» is no name here"],
    [
      "a prototype within",
      BASE.replace("cluster: {", "cluster: { parameters: { __proto__: 5 },"),
      "«__proto__» is no name here",
    ],
  ])("%s: one message", async (_name, text, message) => {
    expect(await only(file(text))).toContain(message);
  });

  test("several syntax errors are told together, one to a line", async () => {
    const issues = await issuesOf({ file: file("name: x\n\tcluster: 5\nclients: [\nworkload: }\n") });
    expect(issues.length).toBeGreaterThan(1);
    const lines = issues.map(issue => issue.position?.line);
    expect(new Set(lines).size).toBe(lines.length);
  });

  test("names that objects inherit are unknown keys like others", async () => {
    const text = `${BASE}constructor: 5\ntoString: 1\nhasOwnProperty: 2\n`.replace(
      "cluster: {",
      "cluster: { parameters: { constructor: 3, toString: x },",
    );
    expect(await problems(text)).toEqual([
      expect.stringContaining("has no parameter «constructor»"),
      expect.stringContaining("has no parameter «toString»"),
      expect.stringContaining("unknown key «constructor»; known here: name"),
      expect.stringContaining("unknown key «toString»"),
      expect.stringContaining("unknown key «hasOwnProperty»"),
    ]);
  });
});

describe("files that are fine", () => {
  test.each([
    ["a byte order mark", `\ufeff${BASE}`],
    ["an explicit beginning and end", `---\n${BASE}...\n`],
    ["Windows line ends", BASE.replaceAll("\n", "\r\n")],
    ["no last line end", BASE.trimEnd()],
    [
      "anchors and merge keys",
      `${BASE.replace("[{ name: web }]", "[&c { name: web, instances: 2 }, { <<: *c, name: app }]")}`,
    ],
    ["JSON", JSON.stringify(parse(BASE))],
    ["names in any script", BASE.replace("name: small", "name: кэш 日本 🚀")],
  ])("%s", async (_name, text) => {
    expect((await load(text)).built.scenario.duration).toBe(10e9);
  });

  test("YAML 1.2: no is text, and 010 is ten", async () => {
    expect(await problems(BASE.replace("cluster: {", "cluster: { tls: no,"))).toEqual([
      "cluster.tls: needs true or false, got the text «no»",
    ]);
    expect((await load(`${BASE}seed: 010\n`)).built.scenario.seed).toBe(10);
  });
});

describe("the parser", () => {
  test("throws nothing but ScenarioError, whatever it reads", () => {
    const piece = fc.constantFrom(
      "a",
      ":",
      " ",
      "\n",
      "- ",
      "{",
      "}",
      "[",
      "]",
      ",",
      "&x ",
      "*x",
      "!t ",
      "|",
      ">",
      "'",
      '"',
      "#",
      "%",
      "?",
      "---",
      "\t",
      "<<",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), pieces => {
        const text = pieces.join("");
        try {
          const parsed = parseYaml("f.yaml", text);
          const { line, column } = parsed.locate(["a", 0, "b"], "value");
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
        } catch (error) {
          if (!(error instanceof ScenarioError)) throw error;
          for (const { position } of error.issues) expect(position === null || position.line >= 1).toBe(true);
        }
      }),
      { seed: 15, numRuns: 3_000 },
    );
  });

  test("every key and value of a file is found where it stands", () => {
    const text = "a: 1\nb:\n  - c: two\n    d: [x, yy]\n  - { e: 5 }\n";
    const { locate } = parseYaml("f.yaml", text);
    const at = (path: (string | number)[], what: "key" | "value") => {
      const { line, column, length, text: source } = locate(path, what);
      return [line, source.slice(column - 1, column - 1 + length)];
    };
    expect(at(["a"], "key")).toEqual([1, "a"]);
    expect(at(["a"], "value")).toEqual([1, "1"]);
    expect(at(["b", 0, "c"], "value")).toEqual([3, "two"]);
    expect(at(["b", 0, "d", 1], "value")).toEqual([4, "yy"]);
    expect(at(["b", 1, "e"], "key")).toEqual([5, "e"]);
    expect(at(["b", 1, "missing"], "key")).toEqual([5, "{ e: 5 }"]);
    expect(at(["missing", "deeper"], "value")).toEqual([1, "a"]);
  });

  test("isPrefix", () => {
    expect(isPrefix([], ["a"])).toBe(true);
    expect(isPrefix(["a", 0], ["a", "0", "b"])).toBe(true);
    expect(isPrefix(["a", "b"], ["a"])).toBe(false);
    expect(isPrefix(["b"], ["a"])).toBe(false);
  });
});
