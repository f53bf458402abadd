// The library "cmsgpack": Lua values as MessagePack and back.

import { TYPE } from "./api.ts";
import { toInt64 } from "./numbers.ts";
import type { LuaFunction } from "./trampolines.ts";
import { type LuaVm, toInt } from "./vm.ts";

/** Tables nested deeper are packed as nil. */
const MAX_NESTING = 16;
const INT64 = 2 ** 63;
const scratch = new DataView(new ArrayBuffer(8));

function head(byte: number, value: number | bigint, bytes: number): string {
  let out = String.fromCharCode(byte);
  for (let shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out += String.fromCharCode(Number((BigInt(value) >> BigInt(shift)) & 255n));
  }
  return out;
}

/** A count with the shortest of its three heads. */
function counted(length: number, fixed: number, fixedMax: number, code16: number): string {
  if (length <= fixedMax) return String.fromCharCode(fixed | length);
  return length <= 0xffff ? head(code16, length, 2) : head(code16 + 1, length, 4);
}

function packedString(text: string): string {
  const { length } = text;
  if (length > 31 && length <= 0xff) return head(0xd9, length, 1) + text;
  return counted(length, 0xa0, 31, 0xda) + text;
}

function packedInteger(value: number): string {
  if (value >= 0) {
    if (value <= 127) return String.fromCharCode(value);
    if (value <= 0xff) return head(0xcc, value, 1);
    if (value <= 0xffff) return head(0xcd, value, 2);
    return value <= 0xffffffff ? head(0xce, value, 4) : head(0xcf, BigInt(value), 8);
  }
  if (value >= -32) return String.fromCharCode(value & 255);
  if (value >= -128) return head(0xd0, value, 1);
  if (value >= -32_768) return head(0xd1, value, 2);
  return value >= -2_147_483_648 ? head(0xd2, value, 4) : head(0xd3, toInt64(value), 8);
}

function packedNumber(value: number): string {
  if (Number.isInteger(value) && value >= -INT64 && value < INT64) return packedInteger(value === 0 ? 0 : value);
  const single = Math.fround(value) === value;
  if (single) scratch.setFloat32(0, value);
  else scratch.setFloat64(0, value);
  let out = String.fromCharCode(single ? 0xca : 0xcb);
  for (let i = 0; i < (single ? 4 : 8); i++) out += String.fromCharCode(scratch.getUint8(i));
  return out;
}

class Packer {
  out = "";

  constructor(
    private readonly vm: LuaVm,
    private readonly state: number,
  ) {}

  /** Packs the value on top and takes it away. */
  value(level: number): void {
    const { vm, state } = this;
    const { api } = vm;
    const type = api.lua_type(state, -1);
    if (type === TYPE.STRING) this.out += packedString(vm.text(state, -1)!);
    else if (type === TYPE.BOOLEAN) this.out += api.lua_toboolean(state, -1) === 0 ? "\xc2" : "\xc3";
    else if (type === TYPE.NUMBER) this.out += packedNumber(api.lua_tonumber(state, -1));
    else if (type === TYPE.TABLE && level !== MAX_NESTING) this.table(level);
    else this.out += "\xc0";
    vm.pop(state);
  }

  private table(level: number): void {
    const { vm, state } = this;
    const { api } = vm;
    if (api.lua_checkstack(state, 3) === 0) vm.fail(state, "stack overflow (in function table_is_an_array)");
    const { count, isArray } = this.survey();
    if (isArray) {
      const length = api.lua_objlen(state, -1);
      this.out += counted(length, 0x90, 15, 0xdc);
      for (let i = 1; i <= length; i++) {
        api.lua_pushnumber(state, i);
        api.lua_gettable(state, -2);
        this.value(level + 1);
      }
      return;
    }
    this.out += counted(count, 0x80, 15, 0xde);
    api.lua_pushnil(state);
    while (api.lua_next(state, -2) !== 0) {
      api.lua_pushvalue(state, -2);
      this.value(level + 1);
      this.value(level + 1);
    }
  }

  /** How many entries the table on top has, and whether they are those from 1 on without a gap. */
  private survey(): { count: number; isArray: boolean } {
    const { vm, state } = this;
    const { api } = vm;
    let count = 0;
    let max = 0;
    let isArray = true;
    api.lua_pushnil(state);
    while (api.lua_next(state, -2) !== 0) {
      vm.pop(state);
      count++;
      if (!isArray) continue;
      const key = api.lua_type(state, -1) === TYPE.NUMBER ? api.lua_tonumber(state, -1) : 0;
      isArray = key > 0 && toInt(key) === key;
      if (key > max) max = key;
    }
    return { count, isArray: isArray && max === count };
  }
}

function pack(vm: LuaVm, state: number): number {
  const { api } = vm;
  const count = api.lua_gettop(state);
  if (count === 0) vm.argumentError(state, 0, "MessagePack pack needs input.");
  if (api.lua_checkstack(state, count) === 0) vm.argumentError(state, 0, "Too many arguments for MessagePack pack.");
  const packer = new Packer(vm, state);
  for (let i = 1; i <= count; i++) {
    api.lua_pushvalue(state, i);
    packer.value(0);
  }
  vm.push(state, packer.out);
  return 1;
}

class Unpacker {
  constructor(
    private readonly vm: LuaVm,
    private readonly state: number,
    private readonly text: string,
    public at: number,
  ) {}

  get left(): number {
    return this.text.length - this.at;
  }

  private need(bytes: number): void {
    if (this.left < bytes) this.vm.fail(this.state, "Missing bytes in input.");
  }

  /** An unsigned number behind the head byte. */
  private uint(bytes: number): number {
    this.need(1 + bytes);
    let value = 0;
    for (let i = 1; i <= bytes; i++) value = value * 256 + this.text.charCodeAt(this.at + i);
    this.at += 1 + bytes;
    return value;
  }

  private big(): bigint {
    this.need(9);
    let value = 0n;
    for (let i = 1; i <= 8; i++) value = (value << 8n) | BigInt(this.text.charCodeAt(this.at + i));
    this.at += 9;
    return value;
  }

  private bytes(length: number): void {
    this.need(length);
    this.vm.push(this.state, this.text.slice(this.at, this.at + length));
    this.at += length;
  }

  private number(value: number): void {
    this.vm.api.lua_pushnumber(this.state, value);
  }

  /** Pushes the next value. */
  value(): void {
    const { vm, state, text } = this;
    const { api } = vm;
    this.need(1);
    if (api.lua_checkstack(state, 3) === 0) {
      vm.fail(state, "stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)");
    }
    const byte = text.charCodeAt(this.at);
    if (byte < 0x80) return this.small(byte);
    if (byte < 0x90) return this.map(byte & 15, 1);
    if (byte < 0xa0) return this.array(byte & 15, 1);
    if (byte < 0xc0) {
      this.need(1 + (byte & 31));
      this.at++;
      return this.bytes(byte & 31);
    }
    if (byte >= 0xe0) return this.small(byte - 256);
    switch (byte) {
      case 0xc0:
        api.lua_pushnil(state);
        this.at++;
        return;
      case 0xc2:
      case 0xc3:
        api.lua_pushboolean(state, byte & 1);
        this.at++;
        return;
      case 0xca:
      case 0xcb:
        return this.float(byte === 0xca ? 4 : 8);
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.number(this.uint(1 << (byte - 0xcc)));
      case 0xd0:
        return this.number((this.uint(1) << 24) >> 24);
      case 0xd1:
        return this.number((this.uint(2) << 16) >> 16);
      case 0xd2:
        return this.number(this.uint(4) | 0);
      // Unsigned ones too: the library reads them as signed.
      case 0xcf:
      case 0xd3:
        return this.number(Number(BigInt.asIntN(64, this.big())));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.bytes(this.uint(1 << (byte - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.array(this.uint(byte === 0xdc ? 2 : 4), 0);
      case 0xde:
      case 0xdf:
        return this.map(this.uint(byte === 0xde ? 2 : 4), 0);
      default:
        vm.fail(state, "Bad data format in input.");
    }
  }

  private small(value: number): void {
    this.number(value);
    this.at++;
  }

  private float(bytes: 4 | 8): void {
    this.need(1 + bytes);
    for (let i = 0; i < bytes; i++) scratch.setUint8(i, this.text.charCodeAt(this.at + 1 + i));
    this.number(bytes === 4 ? scratch.getFloat32(0) : scratch.getFloat64(0));
    this.at += 1 + bytes;
  }

  private array(length: number, head: number): void {
    this.at += head;
    this.vm.api.lua_createtable(this.state, 0, 0);
    for (let i = 1; i <= length; i++) {
      this.number(i);
      this.value();
      this.vm.api.lua_settable(this.state, -3);
    }
  }

  private map(length: number, head: number): void {
    this.at += head;
    this.vm.api.lua_createtable(this.state, 0, 0);
    for (let i = 0; i < length; i++) {
      this.value();
      this.value();
      this.vm.api.lua_settable(this.state, -3);
    }
  }
}

function unpack(vm: LuaVm, state: number, limit: number, offset: number): number {
  const { api } = vm;
  const all = limit === 0 && offset === 0;
  const text = vm.checkText(state, 1);
  if (offset < 0 || limit < 0) {
    const shown = toInt(offset);
    vm.fail(state, `Invalid request to unpack with offset of ${shown} and limit of ${text.length}.`);
  }
  if (offset > text.length) {
    vm.fail(state, `Start offset ${toInt(offset)} greater than input length ${text.length}.`);
  }
  const unpacker = new Unpacker(vm, state, text, offset);
  let results = 0;
  while (unpacker.left > 0 && (all || results < limit)) {
    unpacker.value();
    results++;
  }
  if (all) return results;
  api.lua_pushnumber(state, unpacker.left === 0 ? -1 : unpacker.at);
  api.lua_insert(state, 2);
  return results + 1;
}

export function msgpackLibrary(vm: LuaVm): Record<string, LuaFunction> {
  const { api } = vm;
  const integer = (state: number, argument: number): number => Number(toInt64(api.luaL_checknumber(state, argument)));
  const optional = (state: number, argument: number): number =>
    vm.isNil(state, argument) ? 0 : integer(state, argument);
  return {
    pack: state => pack(vm, state),
    unpack: state => unpack(vm, state, 0, 0),
    unpack_one: state => {
      const offset = optional(state, 2);
      api.lua_settop(state, 1);
      return unpack(vm, state, 1, offset);
    },
    unpack_limit: state => {
      const limit = integer(state, 2);
      const offset = optional(state, 3);
      api.lua_settop(state, 1);
      return unpack(vm, state, limit, offset);
    },
  };
}

/** Facts about itself that the library's table shows. */
export const MSGPACK_FIELDS: Readonly<Record<string, string>> = {
  _NAME: "cmsgpack",
  _VERSION: "lua-cmsgpack 0.4.0",
  _COPYRIGHT: "Copyright (C) 2012, Redis Ltd.",
  _DESCRIPTION: "MessagePack C implementation for Lua",
};
