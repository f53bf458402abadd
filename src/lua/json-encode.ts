// cjson.encode: a Lua value as JSON text.

import { TYPE } from "./api.ts";
import { FIELD, setting } from "./json-config.ts";
import { formatG } from "./numbers.ts";
import type { LuaVm } from "./vm.ts";

/** Quotes, backslashes, slashes and control characters. */
const ESCAPED = new RegExp(`["\\\\/${"\0"}-${"\x1f"}${"\x7f"}]`, "gu");
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "/": "\\/",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
};

function quote(text: string): string {
  return `"${text.replace(ESCAPED, char => SHORT[char] ?? `\\u00${char.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
}

class Encoder {
  private out = "";

  constructor(
    private readonly vm: LuaVm,
    private readonly state: number,
  ) {}

  get text(): string {
    return this.out;
  }

  private setting(field: number): number {
    return setting(this.vm, this.state, field);
  }

  private refuse(index: number, reason: string): never {
    return this.vm.fail(this.state, `Cannot serialise ${this.vm.typeName(this.state, index)}: ${reason}`);
  }

  /** Appends the value on top, which stays there. */
  value(depth: number): void {
    const { vm, state } = this;
    const { api } = vm;
    switch (api.lua_type(state, -1)) {
      case TYPE.STRING:
        this.out += quote(vm.text(state, -1)!);
        break;
      case TYPE.NUMBER:
        this.number(-1);
        break;
      case TYPE.BOOLEAN:
        this.out += api.lua_toboolean(state, -1) === 0 ? "false" : "true";
        break;
      case TYPE.TABLE:
        this.table(depth + 1);
        break;
      case TYPE.NIL:
        this.out += "null";
        break;
      case TYPE.LIGHT_USERDATA:
        if (api.lua_touserdata(state, -1) !== 0) this.refuse(-1, "type not supported");
        this.out += "null";
        break;
      default:
        this.refuse(-1, "type not supported");
    }
  }

  private number(index: number): void {
    const value = this.vm.api.lua_tonumber(this.state, index);
    if (!Number.isFinite(value)) {
      const mode = this.setting(FIELD.ENCODE_INVALID);
      if (mode === 0) this.refuse(index, "must not be NaN or Inf");
      if (mode !== 1) {
        this.out += "null";
        return;
      }
    }
    this.out += formatG(value, this.setting(FIELD.PRECISION));
  }

  private table(depth: number): void {
    const { vm, state } = this;
    const { api } = vm;
    if (depth > this.setting(FIELD.ENCODE_DEPTH) || api.lua_checkstack(state, 3) === 0) {
      vm.fail(state, `Cannot serialise, excessive nesting (${depth})`);
    }
    const length = this.arrayLength();
    if (length <= 0) {
      this.object(depth);
      return;
    }
    this.out += "[";
    for (let i = 1; i <= length; i++) {
      if (i > 1) this.out += ",";
      api.lua_rawgeti(state, -1, i);
      this.value(depth);
      vm.pop(state);
    }
    this.out += "]";
  }

  /** The greatest index of an array; -1 when the table is none. */
  private arrayLength(): number {
    const { vm, state } = this;
    const { api } = vm;
    let max = 0;
    let items = 0;
    api.lua_pushnil(state);
    while (api.lua_next(state, -2) !== 0) {
      const key = api.lua_type(state, -2) === TYPE.NUMBER ? api.lua_tonumber(state, -2) : 0;
      if (!(key >= 1 && Math.floor(key) === key)) {
        vm.pop(state, 2);
        return -1;
      }
      if (key > max) max = key;
      items++;
      vm.pop(state);
    }
    const ratio = this.setting(FIELD.SPARSE_RATIO);
    if (ratio > 0 && max > items * ratio && max > this.setting(FIELD.SPARSE_SAFE)) {
      if (this.setting(FIELD.SPARSE_CONVERT) === 0) this.refuse(-1, "excessively sparse array");
      return -1;
    }
    return max;
  }

  private object(depth: number): void {
    const { vm, state } = this;
    const { api } = vm;
    this.out += "{";
    let first = true;
    api.lua_pushnil(state);
    while (api.lua_next(state, -2) !== 0) {
      if (!first) this.out += ",";
      first = false;
      const type = api.lua_type(state, -2);
      if (type === TYPE.NUMBER) {
        this.out += '"';
        this.number(-2);
        this.out += '":';
      } else if (type === TYPE.STRING) this.out += `${quote(vm.text(state, -2)!)}:`;
      else this.refuse(-2, "table key must be a number or string");
      this.value(depth);
      vm.pop(state);
    }
    this.out += "}";
  }
}

export function encode(vm: LuaVm, state: number): number {
  if (vm.api.lua_gettop(state) !== 1) vm.argumentError(state, 1, "expected 1 argument");
  const encoder = new Encoder(vm, state);
  encoder.value(0);
  vm.push(state, encoder.text);
  return 1;
}
