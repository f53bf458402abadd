// Functions of the string library and their like that count with machine words: this Lua's words have 32 bits, the server's
// have 64. Arguments within 32 bits go to the original; the others are handled here.

import { TYPE } from "./api.ts";
import { toInt64, toUint64 } from "./numbers.ts";
import type { LuaFunction } from "./trampolines.ts";
import type { LuaVm } from "./vm.ts";

const INT_MAX = 2 ** 31 - 1;
const INT64 = 2 ** 63;

const SPEC = /%(?:%|([-+ #0]*)(\d*)(?:(\.)(\d*))?(.))/gsu;
const INTEGRAL = new Set(["d", "i", "o", "u", "x", "X"]);

function digitsOf(value: number, kind: string): string {
  if (kind === "d" || kind === "i") return toInt64(value).toString();
  const unsigned = kind === "u" ? toUint64(value) : BigInt.asUintN(64, toUint64(value));
  if (kind === "u") return unsigned.toString();
  const text = unsigned.toString(kind === "o" ? 8 : 16);
  return kind === "X" ? text.toUpperCase() : text;
}

/** One integer as printf shows it. */
function formatted(value: number, flags: string, width: number, precision: number | null, kind: string): string {
  const all = digitsOf(value, kind);
  const negative = all.startsWith("-");
  let digits = negative ? all.slice(1) : all;
  const isZero = digits === "0";
  if (precision !== null) digits = precision === 0 && isZero ? "" : digits.padStart(precision, "0");
  let sign = negative ? "-" : "";
  if (!negative && (kind === "d" || kind === "i")) sign = flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  if (flags.includes("#")) {
    if ((kind === "x" || kind === "X") && !isZero) sign = `0${kind}`;
    else if (kind === "o" && !digits.startsWith("0")) digits = `0${digits}`;
  }
  if (flags.includes("-")) return (sign + digits).padEnd(width);
  if (flags.includes("0") && precision === null) return sign + digits.padStart(width - sign.length, "0");
  return (sign + digits).padStart(width);
}

/** string.format: integers are put in as strings, the rest is the original's. */
function format(vm: LuaVm, original: LuaFunction): LuaFunction {
  const { api } = vm;
  return state => {
    if (api.lua_type(state, 1) !== TYPE.STRING) return original(state);
    const pattern = vm.text(state, 1)!;
    if (!pattern.includes("%")) return original(state);
    const top = api.lua_gettop(state);
    let argument = 1;
    let changed = false;
    const rewritten = pattern.replace(SPEC, (spec, flags, width, _point, precision, kind) => {
      if (spec === "%%") return spec;
      argument++;
      // What the original would refuse it shall refuse itself.
      if (!INTEGRAL.has(kind) || argument > top || flags.length > 5 || width.length > 2) return spec;
      if ((precision?.length ?? 0) > 2 || api.lua_isnumber(state, argument) === 0) return spec;
      const value = api.lua_tonumber(state, argument);
      if (Math.abs(value) <= INT_MAX && (value >= 0 || kind === "d" || kind === "i")) return spec;
      changed = true;
      vm.push(state, formatted(value, flags, Number(width), precision === undefined ? null : Number(precision), kind));
      api.lua_replace(state, argument);
      return "%s";
    });
    if (changed) {
      vm.push(state, rewritten);
      api.lua_replace(state, 1);
    }
    return original(state);
  };
}

/** Cuts number arguments to what 32 bits hold: no string is longer. */
function clamped(vm: LuaVm, original: LuaFunction, ...positions: number[]): LuaFunction {
  const { api } = vm;
  return state => {
    for (const position of positions) {
      if (api.lua_isnumber(state, position) === 0) continue;
      const value = api.lua_tonumber(state, position);
      if (value >= -INT_MAX && value <= INT_MAX) continue;
      // What does not fit into 64 bits either becomes the smallest number there.
      api.lua_pushnumber(state, value > 0 && value < INT64 ? INT_MAX : -INT_MAX);
      api.lua_replace(state, position);
    }
    return original(state);
  };
}

function digitValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 122 ? lower - 87 : 99;
}

const UINT64_MAX = 2n ** 64n - 1n;

/** strtoul in 64 bits over the whole of a text; null when it is no number. */
function unsigned(text: string, base: number): number | null {
  const trimmed = text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/gu, "");
  const negative = trimmed.startsWith("-");
  let digits = /^[+-]/u.test(trimmed) ? trimmed.slice(1) : trimmed;
  if (base === 16 && /^0x[0-9a-f]/iu.test(digits)) digits = digits.slice(2);
  if (digits === "") return null;
  let value = 0n;
  for (let i = 0; i < digits.length; i++) {
    const digit = digitValue(digits.charCodeAt(i));
    if (digit >= base) return null;
    if (value <= UINT64_MAX) value = value * BigInt(base) + BigInt(digit);
  }
  if (value > UINT64_MAX) return Number(UINT64_MAX);
  return Number(negative ? BigInt.asUintN(64, -value) : value);
}

/** tonumber with a base. */
function toNumber(vm: LuaVm, original: LuaFunction): LuaFunction {
  const { api } = vm;
  return state => {
    if (vm.isNil(state, 2)) return original(state);
    const base = vm.checkInt(state, 2);
    if (base === 10) return original(state);
    const text = vm.checkText(state, 1);
    if (base < 2 || base > 36) vm.argumentError(state, 2, "base out of range");
    const zero = text.indexOf("\0");
    const value = unsigned(zero === -1 ? text : text.slice(0, zero), base);
    if (value === null) api.lua_pushnil(state);
    else api.lua_pushnumber(state, value);
    return 1;
  };
}

/** loadstring and load take text only. */
function loadString(vm: LuaVm, original: LuaFunction): LuaFunction {
  const { api } = vm;
  return state => {
    if (api.lua_type(state, 1) === TYPE.STRING) {
      const code = vm.text(state, 1)!;
      if (code.charCodeAt(0) === 27) {
        if (vm.isNil(state, 2)) {
          api.lua_settop(state, 1);
          api.lua_pushvalue(state, 1);
        }
        vm.push(state, ` ${code}`);
        api.lua_replace(state, 1);
      }
    }
    return original(state);
  };
}

/** load: the pieces are gathered first, so that what begins like precompiled code is seen. */
function load(vm: LuaVm): LuaFunction {
  const { api } = vm;
  return state => {
    if (api.lua_type(state, 1) !== TYPE.FUNCTION) api.luaL_typerror(state, 1, vm.name("function"));
    const name = vm.isNil(state, 2) ? "=(load)" : vm.checkText(state, 2);
    let code = "";
    while (true) {
      api.lua_pushvalue(state, 1);
      if (api.lua_pcall(state, 0, 1, 0) !== 0) {
        api.lua_pushnil(state);
        api.lua_insert(state, -2);
        return 2;
      }
      if (vm.isNil(state, -1)) break;
      if (api.lua_isstring(state, -1) === 0) {
        api.lua_pushnil(state);
        vm.push(state, "reader function must return a string");
        return 2;
      }
      const piece = vm.text(state, -1)!;
      vm.pop(state);
      if (piece === "") break;
      code += piece;
    }
    if (vm.load(state, code, name) === 0) return 1;
    api.lua_pushnil(state);
    api.lua_insert(state, -2);
    return 2;
  };
}

/** Puts all of them in the place of the usual ones. */
export function replaceWordFunctions(vm: LuaVm): void {
  vm.replaceFunction("string.format", original => format(vm, original));
  vm.replaceFunction("string.sub", original => clamped(vm, original, 2, 3));
  vm.replaceFunction("string.byte", original => clamped(vm, original, 2, 3));
  vm.replaceFunction("string.rep", original => clamped(vm, original, 2));
  vm.replaceFunction("tonumber", original => toNumber(vm, original));
  vm.replaceFunction("loadstring", original => loadString(vm, original));
  vm.replaceFunction("load", () => load(vm));
}
