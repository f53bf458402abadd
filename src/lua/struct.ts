// The library "struct": numbers and strings to packed bytes and back, with the sizes of a 64-bit C compiler.

import { toInt64, toUint64 } from "./numbers.ts";
import type { LuaFunction } from "./trampolines.ts";
import { type LuaVm, toInt } from "./vm.ts";

const MAX_INTEGER = 32;
const MAX_ALIGNMENT = 8;
const SIZES: Readonly<Record<string, number>> = { b: 1, B: 1, h: 2, H: 2, l: 8, L: 8, T: 8, f: 4, d: 8, x: 1 };
const INTEGERS = "bBhHlLTiI";
const scratch = new DataView(new ArrayBuffer(8));

/** Reads a format: option by option, with its size and alignment. */
class Format {
  private at = 0;
  private little = true;
  private alignment = 1;
  option = "";
  size = 0;

  constructor(
    private readonly vm: LuaVm,
    private readonly state: number,
    private readonly text: string,
  ) {}

  get isLittle(): boolean {
    return this.little;
  }

  /** The next option; false at the end. */
  next(): boolean {
    if (this.at >= this.text.length || this.text[this.at] === "\0") return false;
    this.option = this.text[this.at++];
    this.size = this.sizeOf(this.option);
    return true;
  }

  private sizeOf(option: string): number {
    if (option === "c") return this.number(1);
    if (option !== "i" && option !== "I") return SIZES[option] ?? 0;
    const size = this.number(4);
    if (size > MAX_INTEGER) {
      this.vm.fail(this.state, `integral size ${size} is larger than limit of ${MAX_INTEGER}`);
    }
    return size;
  }

  private number(fallback: number): number {
    const digits = /\d*/y;
    digits.lastIndex = this.at;
    const [found] = digits.exec(this.text)!;
    if (found === "") return fallback;
    this.at += found.length;
    const value = Number(found);
    if (value > 2 ** 31 - 1) this.vm.fail(this.state, "integral size overflow");
    return value;
  }

  /** Bytes to leave out before an element at this offset. */
  padding(offset: number): number {
    if (this.size === 0 || this.option === "c") return 0;
    const size = Math.min(this.size, this.alignment);
    return (size - (offset & (size - 1))) & (size - 1);
  }

  /** An option that says how to go on. */
  control(): void {
    switch (this.option) {
      case " ":
        return;
      case ">":
        this.little = false;
        return;
      case "<":
        this.little = true;
        return;
      case "!": {
        const alignment = this.number(MAX_ALIGNMENT);
        if (alignment <= 0 || (alignment & (alignment - 1)) !== 0) {
          this.vm.fail(this.state, `alignment ${alignment} is not a power of 2`);
        }
        this.alignment = alignment;
        return;
      }
      default:
        this.vm.argumentError(this.state, 1, `invalid format option '${this.option}'`);
    }
  }
}

function ordered(bytes: string, little: boolean): string {
  return little ? bytes : [...bytes].reverse().join("");
}

function integerBytes(value: number, size: number, little: boolean): string {
  let rest = value < 0 ? BigInt.asUintN(64, toInt64(value)) : toUint64(value);
  let bytes = "";
  for (let i = 0; i < size; i++) {
    bytes += String.fromCharCode(Number(rest & 255n));
    rest >>= 8n;
  }
  return ordered(bytes, little);
}

function integerFrom(bytes: string, little: boolean, signed: boolean): number {
  const inOrder = ordered(bytes, !little);
  let value = 0n;
  for (let i = 0; i < inOrder.length; i++) {
    value = BigInt.asUintN(64, (value << 8n) | BigInt(inOrder.charCodeAt(i)));
  }
  if (!signed) return Number(value);
  // The processor takes the shift modulo 64.
  const mask = BigInt.asUintN(64, ~0n << BigInt((bytes.length * 8 - 1) & 63));
  return Number(BigInt.asIntN(64, (value & mask) === 0n ? value : value | mask));
}

function floatBytes(value: number, size: number, little: boolean): string {
  if (size === 4) scratch.setFloat32(0, value, true);
  else scratch.setFloat64(0, value, true);
  let bytes = "";
  for (let i = 0; i < size; i++) bytes += String.fromCharCode(scratch.getUint8(i));
  return ordered(bytes, little);
}

function floatFrom(bytes: string, little: boolean): number {
  const inOrder = ordered(bytes, little);
  for (let i = 0; i < bytes.length; i++) scratch.setUint8(i, inOrder.charCodeAt(i));
  return bytes.length === 4 ? scratch.getFloat32(0, true) : scratch.getFloat64(0, true);
}

function pack(vm: LuaVm, state: number): number {
  const { api } = vm;
  const format = new Format(vm, state, vm.checkText(state, 1));
  // A mark behind the arguments: the first one that is missing is called nil.
  api.lua_pushnil(state);
  let argument = 2;
  const parts: string[] = [];
  let length = 0;
  const add = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  while (format.next()) {
    const { option, size } = format;
    add("\0".repeat(format.padding(length)));
    if (INTEGERS.includes(option)) {
      add(integerBytes(api.luaL_checknumber(state, argument++), size, format.isLittle));
    } else if (option === "x") add("\0");
    else if (option === "f" || option === "d") {
      add(floatBytes(api.luaL_checknumber(state, argument++), size, format.isLittle));
    } else if (option === "c" || option === "s") {
      const text = vm.checkText(state, argument++);
      const wanted = size === 0 ? text.length : size;
      if (text.length < wanted) vm.argumentError(state, argument, "string too short");
      add(text.slice(0, wanted));
      if (option === "s") add("\0");
    } else format.control();
  }
  vm.push(state, parts.join(""));
  return 1;
}

function unpack(vm: LuaVm, state: number): number {
  const { api } = vm;
  const format = new Format(vm, state, vm.checkText(state, 1));
  const data = vm.checkText(state, 2);
  const start = vm.isNil(state, 3) ? 1 : Number(toInt64(api.luaL_checknumber(state, 3)));
  // Offsets are unsigned: a negative one lies far beyond the end.
  if (start === 0) vm.argumentError(state, 3, "offset must be 1 or greater");
  let at = start < 0 ? Number.MAX_SAFE_INTEGER : start - 1;
  let results = 0;
  const need = (size: number) => {
    if (size > data.length || at > data.length - size) vm.argumentError(state, 2, "data string too short");
  };
  while (format.next()) {
    const { option } = format;
    let { size } = format;
    at += format.padding(at);
    need(size);
    if (api.lua_checkstack(state, 2) === 0) vm.fail(state, "stack overflow (too many results)");
    if (INTEGERS.includes(option)) {
      const signed = option >= "a";
      api.lua_pushnumber(state, integerFrom(data.slice(at, at + size), format.isLittle, signed));
      results++;
    } else if (option === "f" || option === "d") {
      api.lua_pushnumber(state, floatFrom(data.slice(at, at + size), format.isLittle));
      results++;
    } else if (option === "c") {
      if (size === 0) {
        if (results === 0 || api.lua_isnumber(state, -1) === 0) vm.fail(state, "format 'c0' needs a previous size");
        size = Number(toUint64(Math.trunc(api.lua_tonumber(state, -1))));
        vm.pop(state);
        results--;
        need(size);
      }
      vm.push(state, data.slice(at, at + size));
      results++;
    } else if (option === "s") {
      const end = data.indexOf("\0", at);
      if (end === -1) vm.fail(state, "unfinished string in data");
      size = end - at + 1;
      vm.push(state, data.slice(at, end));
      results++;
    } else if (option !== "x") format.control();
    at += size;
  }
  api.lua_pushnumber(state, at + 1);
  return results + 1;
}

function sizeOf(vm: LuaVm, state: number): number {
  const format = new Format(vm, state, vm.checkText(state, 1));
  let at = 0;
  while (format.next()) {
    const { option, size } = format;
    at += format.padding(at);
    if (option === "s") vm.argumentError(state, 1, "option 's' has no fixed size");
    if (option === "c" && size === 0) vm.argumentError(state, 1, "option 'c0' has no fixed size");
    if (!/[a-z0-9]/iu.test(option)) format.control();
    at += size;
  }
  vm.api.lua_pushnumber(state, toInt(at) === at ? at : Number(BigInt.asIntN(64, BigInt(at))));
  return 1;
}

export function structLibrary(vm: LuaVm): Record<string, LuaFunction> {
  return {
    pack: state => pack(vm, state),
    unpack: state => unpack(vm, state),
    size: state => sizeOf(vm, state),
  };
}
