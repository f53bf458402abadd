// Command templates: what they say is what is sent.

import { describe, expect, test } from "vitest";
import { bytesFromUtf8, VirtualBytes } from "../../src/engine/bytes.ts";
import { COMMANDS } from "../../src/engine/commands/index.ts";
import { randomFrom } from "../../src/sim/random.ts";
import {
  arityProblem,
  fillTemplate,
  keyIsFirstArgument,
  parseTemplate,
  TemplateError,
  type TemplateSource,
} from "../../src/workload/template.ts";

const value = new VirtualBytes(10, 1);
const source = (): TemplateSource => ({
  keyText: key => `key:${key}`,
  anotherKey: () => 8,
  value: () => value,
  ttlSeconds: () => 60,
  random: randomFrom("template"),
});
const fill = (text: string, key = 7) => fillTemplate(parseTemplate(text), key, source());

describe("filling in", () => {
  test.each<[string, unknown[]]>([
    ["GET {key}", ["GET", "key:7"]],
    ["  GET   {key}\t", ["GET", "key:7"]],
    ["SET {key} {value} EX {ttl}", ["SET", "key:7", value, "EX", "60"]],
    ["GET a:{key}:b", ["GET", "a:key:7:b"]],
    ["GET {key}{key}", ["GET", "key:7key:7"]],
    ["PING", ["PING"]],
    ["INCRBY {key} {int:5..5}", ["INCRBY", "key:7", "5"]],
    ["INCRBY {key} {int:-5..-5}", ["INCRBY", "key:7", "-5"]],
    // Braces that name nothing known are a hash tag.
    ["GET {42}:x", ["GET", "{42}:x"]],
    ["GET {}", ["GET", "{}"]],
    ["GET {{key}}", ["GET", "{key:7}"]],
    ["ECHO ключ{key}", ["ECHO", `${bytesFromUtf8("ключ")}key:7`]],
  ])("%s", (text, argv) => {
    expect(fill(text)).toEqual(argv);
  });

  test("{int:a..b} covers its bounds and nothing else", () => {
    const parts = parseTemplate("INCRBY k {int:-2..3}");
    const of = source();
    const seen = new Set(Array.from({ length: 500 }, () => Number(fillTemplate(parts, 0, of)[2])));
    expect([...seen].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
  });

  test("{random} is eight hexadecimal digits, new every time", () => {
    const parts = parseTemplate("SET x{random} 1");
    const of = source();
    const seen = Array.from({ length: 200 }, () => fillTemplate(parts, 0, of)[1] as string);
    for (const one of seen) expect(one).toMatch(/^x[0-9a-f]{8}$/u);
    expect(new Set(seen).size).toBe(200);
  });

  test("the key's hash and slot may be used where it is the first argument, alone", () => {
    const first = (text: string) => keyIsFirstArgument(parseTemplate(text));
    expect(first("GET {key}")).toBe(true);
    expect(first("SET {key} {value}")).toBe(true);
    for (const text of ["GET a{key}", "GET {random}", "OBJECT ENCODING {key}", "PING", "MGET a {key}"]) {
      expect(first(text), text).toBe(false);
    }
  });
});

describe("refusals", () => {
  test.each([
    ["", "empty"],
    ["   ", "empty"],
    ["{key} GET", "starts with the command's name"],
    ["{random}x y", "starts with the command's name"],
    ["GET {kee}", "unknown placeholder «{kee}»; there are {key}, {value}"],
    ["GET {key:5}", "unknown placeholder «{key}»"],
    ["SET {key} a{value}", "{value} must stand alone"],
    ["SET {key} {value}{value}", "{value} must stand alone"],
    ["INCRBY {key} {int}", "two bounds such as {int:1..100}"],
    ["INCRBY {key} {int:}", "two bounds"],
    ["INCRBY {key} {int:a..b}", "got «a..b»"],
    ["INCRBY {key} {int:5..1}", "got «5..1»"],
    ["INCRBY {key} {int:1..99999999999999999999}", "two bounds"],
  ])("«%s»: %s", (text, message) => {
    expect(() => parseTemplate(text)).toThrow(TemplateError);
    expect(() => parseTemplate(text)).toThrow(message);
  });

  test.each([
    ["GET", "GET takes 2 words, the template has 1"],
    ["GET a b", "GET takes 2 words, the template has 3"],
    ["GET {key}", null],
    ["SET {key}", "SET takes at least 3 words, the template has 2"],
    ["SET {key} {value} EX {ttl}", null],
    ["MSET a", "MSET takes at least 3 words, the template has 2"],
  ])("the number of words of «%s»: %s", (text, problem) => {
    const parts = parseTemplate(text);
    const command = COMMANDS.get(text.split(" ")[0].toLowerCase())!;
    expect(arityProblem(parts, command)).toBe(problem);
  });
});
