// cjson.decode: JSON text as a Lua value. What is accepted and what errors say is cjson 2.1's.

import { FIELD, setting } from "./json-config.ts";
import { parseNumber } from "./numbers.ts";
import type { LuaVm } from "./vm.ts";

type Token =
  | { readonly type: "T_STRING"; readonly at: number; readonly text: string }
  | { readonly type: "T_NUMBER"; readonly at: number; readonly value: number }
  | { readonly type: "T_BOOLEAN"; readonly at: number; readonly value: boolean }
  | { readonly type: "T_ERROR"; readonly at: number; readonly problem: string }
  | { readonly type: Mark; readonly at: number };

type Mark = "T_OBJ_BEGIN" | "T_OBJ_END" | "T_ARR_BEGIN" | "T_ARR_END" | "T_COLON" | "T_COMMA" | "T_END" | "T_NULL";

const MARKS: Readonly<Record<string, Mark>> = {
  "{": "T_OBJ_BEGIN",
  "}": "T_OBJ_END",
  "[": "T_ARR_BEGIN",
  "]": "T_ARR_END",
  ":": "T_COLON",
  ",": "T_COMMA",
};

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
};

const HEX4 = /^[0-9a-f]{4}$/iu;

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13 && code !== 11 && code !== 12);
}

function utf8(codePoint: number): string {
  const bytes =
    codePoint <= 0x7f
      ? [codePoint]
      : codePoint <= 0x7ff
        ? [(codePoint >> 6) | 0xc0, (codePoint & 63) | 0x80]
        : codePoint <= 0xffff
          ? [(codePoint >> 12) | 0xe0, ((codePoint >> 6) & 63) | 0x80, (codePoint & 63) | 0x80]
          : [
              (codePoint >> 18) | 0xf0,
              ((codePoint >> 12) & 63) | 0x80,
              ((codePoint >> 6) & 63) | 0x80,
              (codePoint & 63) | 0x80,
            ];
  return String.fromCharCode(...bytes);
}

class Decoder {
  private at = 0;
  private depth = 0;
  private readonly maxDepth: number;
  private readonly lenient: boolean;

  constructor(
    private readonly vm: LuaVm,
    private readonly state: number,
    private readonly text: string,
  ) {
    this.maxDepth = setting(vm, state, FIELD.DECODE_DEPTH);
    this.lenient = setting(vm, state, FIELD.DECODE_INVALID) !== 0;
  }

  /** Pushes the value of the whole text. */
  whole(): void {
    this.value(this.token());
    const rest = this.token();
    if (rest.type !== "T_END") this.expected("the end", rest);
  }

  private expected(what: string, found: Token): never {
    const name = found.type === "T_ERROR" ? found.problem : found.type;
    return this.vm.fail(this.state, `Expected ${what} but found ${name} at character ${found.at + 1}`);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Tokens.

  private token(): Token {
    const { text } = this;
    while (isSpace(text.charCodeAt(this.at))) this.at++;
    const { at } = this;
    const char = text[at];
    // The text ends where a C string would.
    if (char === undefined || char === "\0") return { type: "T_END", at };
    const mark = MARKS[char];
    if (mark !== undefined) {
      this.at++;
      return { type: mark, at };
    }
    if (char === '"') return this.string();
    if (char === "-" || (char >= "0" && char <= "9")) {
      return !this.lenient && this.isInvalidNumber() ? this.problem("invalid number") : this.number();
    }
    if (text.startsWith("true", at)) return this.word(4, { type: "T_BOOLEAN", at, value: true });
    if (text.startsWith("false", at)) return this.word(5, { type: "T_BOOLEAN", at, value: false });
    if (text.startsWith("null", at)) return this.word(4, { type: "T_NULL", at });
    if ("+iInN".includes(char) && this.lenient && this.isInvalidNumber()) return this.number();
    return this.problem("invalid token");
  }

  private word(length: number, token: Token): Token {
    this.at += length;
    return token;
  }

  private problem(problem: string): Token {
    return { type: "T_ERROR", at: this.at, problem };
  }

  /** Something that strtod reads, and JSON has not. */
  private isInvalidNumber(): boolean {
    return /^(?:\+|-?(?:0[x0-9]|inf|nan))/iu.test(this.text.slice(this.at, this.at + 4));
  }

  private number(): Token {
    const { at } = this;
    const parsed = parseNumber(this.text, at);
    if (parsed === null) return this.problem("invalid number");
    this.at = parsed.end;
    return { type: "T_NUMBER", at, value: parsed.value };
  }

  private string(): Token {
    const { text } = this;
    const { at } = this;
    let out = "";
    let from = ++this.at;
    while (true) {
      const char = text[this.at];
      if (char === undefined || char === "\0") return this.problem("unexpected end of string");
      if (char !== '"' && char !== "\\") {
        this.at++;
        continue;
      }
      out += text.slice(from, this.at);
      if (char === '"') break;
      const letter = text[this.at + 1] ?? "";
      if (letter === "u") {
        const code = this.codePoint();
        if (code === null) return this.problem("invalid unicode escape code");
        out += utf8(code);
      } else {
        if (!Object.hasOwn(ESCAPES, letter)) return this.problem("invalid escape code");
        out += ESCAPES[letter];
        this.at += 2;
      }
      from = this.at;
    }
    this.at++;
    return { type: "T_STRING", at, text: out };
  }

  /** The code point of one escape, or of a pair of them; null when they are none. */
  private codePoint(): number | null {
    const first = this.hex4(this.at + 2);
    if (first === null) return null;
    if ((first & 0xf800) !== 0xd800) {
      this.at += 6;
      return first;
    }
    if ((first & 0x400) !== 0 || !this.text.startsWith("\\u", this.at + 6)) return null;
    const second = this.hex4(this.at + 8);
    if (second === null || (second & 0xfc00) !== 0xdc00) return null;
    this.at += 12;
    return (((first & 0x3ff) << 10) | (second & 0x3ff)) + 0x10000;
  }

  private hex4(at: number): number | null {
    const digits = this.text.slice(at, at + 4);
    return HEX4.test(digits) ? Number.parseInt(digits, 16) : null;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Values, pushed.

  private value(token: Token): void {
    const { vm, state } = this;
    switch (token.type) {
      case "T_STRING":
        vm.push(state, token.text);
        return;
      case "T_NUMBER":
        vm.api.lua_pushnumber(state, token.value);
        return;
      case "T_BOOLEAN":
        vm.api.lua_pushboolean(state, token.value ? 1 : 0);
        return;
      case "T_NULL":
        vm.api.lua_pushlightuserdata(state, 0);
        return;
      case "T_OBJ_BEGIN":
        this.object();
        return;
      case "T_ARR_BEGIN":
        this.array();
        return;
      default:
        this.expected("value", token);
    }
  }

  private descend(slots: number): void {
    const { vm, state } = this;
    this.depth++;
    if (this.depth > this.maxDepth || vm.api.lua_checkstack(state, slots) === 0) {
      vm.fail(state, `Found too many nested data structures (${this.depth}) at character ${this.at}`);
    }
    vm.api.lua_createtable(state, 0, 0);
  }

  private object(): void {
    this.descend(3);
    let token = this.token();
    while (token.type !== "T_OBJ_END") {
      if (token.type !== "T_STRING") this.expected("object key string", token);
      this.vm.push(this.state, token.text);
      const colon = this.token();
      if (colon.type !== "T_COLON") this.expected("colon", colon);
      this.value(this.token());
      this.vm.api.lua_rawset(this.state, -3);
      const next = this.token();
      if (next.type === "T_OBJ_END") break;
      if (next.type !== "T_COMMA") this.expected("comma or object end", next);
      token = this.token();
      // After a comma a key has to come.
      if (token.type === "T_OBJ_END") this.expected("object key string", token);
    }
    this.depth--;
  }

  private array(): void {
    this.descend(2);
    let token = this.token();
    for (let i = 1; i > 1 || token.type !== "T_ARR_END"; i++) {
      this.value(token);
      this.vm.api.lua_rawseti(this.state, -2, i);
      const next = this.token();
      if (next.type === "T_ARR_END") break;
      if (next.type !== "T_COMMA") this.expected("comma or array end", next);
      token = this.token();
    }
    this.depth--;
  }
}

export function decode(vm: LuaVm, state: number): number {
  if (vm.api.lua_gettop(state) !== 1) vm.argumentError(state, 1, "expected 1 argument");
  const text = vm.checkText(state, 1);
  if (text.length >= 2 && (text[0] === "\0" || text[1] === "\0")) {
    vm.fail(state, "JSON parser does not support UTF-16 or UTF-32");
  }
  new Decoder(vm, state, text).whole();
  return 1;
}
