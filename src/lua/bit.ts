// The library "bit": 32-bit operations on numbers.

import type { LuaFunction } from "./trampolines.ts";
import type { LuaVm } from "./vm.ts";

/** Adding this to a double leaves the integer, rounded half to even, in its low bits. */
const SHIFT = 2 ** 52 + 2 ** 51;
const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);

function toBits(value: number): number {
  if ((value | 0) === value) return value | 0;
  double[0] = value + SHIFT;
  return halves[0];
}

export function bitLibrary(vm: LuaVm): Record<string, LuaFunction> {
  const { api } = vm;
  const argument = (state: number, index: number): number => {
    const bits = toBits(api.lua_tonumber(state, index));
    if (bits === 0 && api.lua_isnumber(state, index) === 0) api.luaL_typerror(state, index, vm.name("number"));
    return bits;
  };
  const answer = (state: number, bits: number): number => {
    api.lua_pushnumber(state, bits | 0);
    return 1;
  };
  const folded =
    (combine: (a: number, b: number) => number): LuaFunction =>
    state => {
      let bits = argument(state, 1);
      for (let i = api.lua_gettop(state); i > 1; i--) bits = combine(bits, argument(state, i));
      return answer(state, bits);
    };
  const shifted =
    (shift: (bits: number, by: number) => number): LuaFunction =>
    state => {
      const bits = argument(state, 1);
      return answer(state, shift(bits, argument(state, 2) & 31));
    };
  return {
    tobit: state => answer(state, argument(state, 1)),
    bnot: state => answer(state, ~argument(state, 1)),
    band: folded((a, b) => a & b),
    bor: folded((a, b) => a | b),
    bxor: folded((a, b) => a ^ b),
    lshift: shifted((bits, by) => bits << by),
    rshift: shifted((bits, by) => bits >>> by),
    arshift: shifted((bits, by) => bits >> by),
    rol: shifted((bits, by) => (bits << by) | (bits >>> (32 - by))),
    ror: shifted((bits, by) => (bits << (32 - by)) | (bits >>> by)),
    bswap: state => {
      const bits = argument(state, 1);
      return answer(state, (bits >>> 24) | ((bits >>> 8) & 0xff00) | ((bits & 0xff00) << 8) | (bits << 24));
    },
    tohex: state => {
      const bits = argument(state, 1);
      const digits = api.lua_gettop(state) < 2 ? 8 : argument(state, 2);
      const text = (bits >>> 0).toString(16).padStart(8, "0");
      const count = Math.min(8, Math.abs(digits));
      const shown = count === 0 ? "" : text.slice(-count);
      vm.push(state, digits < 0 ? shown.toUpperCase() : shown);
      return 1;
    },
  };
}
