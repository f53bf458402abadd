// Settings of a "cjson" table. They live in a userdata, the first upvalue of each of its functions, so that they go when the
// table goes; and the functions that change them.

import { TYPE } from "./api.ts";
import type { LuaFunction } from "./trampolines.ts";
import { type LuaVm, toInt } from "./vm.ts";

/** Words of the userdata. */
export const FIELD = {
  SPARSE_CONVERT: 0,
  SPARSE_RATIO: 1,
  SPARSE_SAFE: 2,
  ENCODE_DEPTH: 3,
  DECODE_DEPTH: 4,
  /** 0: refused, 1: written, 2: null. */
  ENCODE_INVALID: 5,
  DECODE_INVALID: 6,
  KEEP_BUFFER: 7,
  PRECISION: 8,
} as const;
const INITIAL = [0, 2, 10, 1_000, 1_000, 0, 1, 1, 14] as const;
const INT_MAX = 2 ** 31 - 1;

/** Pushes fresh settings. */
export function pushSettings(vm: LuaVm, state: number): void {
  const pointer = vm.api.lua_newuserdata(state, 4 * INITIAL.length);
  vm.words.set(INITIAL, pointer >> 2);
}

/** Where the settings of the running function begin, in words. */
function settingsOf(vm: LuaVm, state: number): number {
  return vm.api.lua_touserdata(state, vm.upvalue(1)) >> 2;
}

export function setting(vm: LuaVm, state: number, field: number): number {
  return vm.words[settingsOf(vm, state) + field];
}

function checkCount(vm: LuaVm, state: number, most: number): void {
  if (vm.api.lua_gettop(state) > most) vm.argumentError(state, most + 1, "found too many arguments");
  vm.api.lua_settop(state, most);
}

function integerOption(
  vm: LuaVm,
  state: number,
  argument: number,
  field: number,
  [min, max]: readonly [number, number],
): void {
  if (!vm.isNil(state, argument)) {
    const value = toInt(vm.api.luaL_checknumber(state, argument));
    if (value < min || value > max) vm.argumentError(state, 1, `expected integer between ${min} and ${max}`);
    vm.words[settingsOf(vm, state) + field] = value;
  }
  vm.api.lua_pushnumber(state, setting(vm, state, field));
}

const SWITCH = ["off", "on"] as const;

function choiceOption(vm: LuaVm, state: number, argument: number, field: number, choices: readonly string[]): void {
  const { api } = vm;
  if (!vm.isNil(state, argument)) {
    let value: number;
    if (api.lua_type(state, argument) === TYPE.BOOLEAN) value = api.lua_toboolean(state, argument);
    else {
      const text = vm.checkText(state, argument);
      value = choices.indexOf(text);
      if (value === -1) vm.argumentError(state, argument, `invalid option '${text}'`);
    }
    vm.words[settingsOf(vm, state) + field] = value;
  }
  const value = setting(vm, state, field);
  if (value <= 1) api.lua_pushboolean(state, value);
  else vm.push(state, choices[value]);
}

/** The functions that show and change settings. */
export function settingFunctions(vm: LuaVm): Record<string, LuaFunction> {
  const integer =
    (field: number, range: readonly [number, number]): LuaFunction =>
    state => {
      checkCount(vm, state, 1);
      integerOption(vm, state, 1, field, range);
      return 1;
    };
  const choice =
    (field: number, choices: readonly string[] = SWITCH): LuaFunction =>
    state => {
      checkCount(vm, state, 1);
      choiceOption(vm, state, 1, field, choices);
      return 1;
    };
  return {
    encode_sparse_array: state => {
      checkCount(vm, state, 3);
      choiceOption(vm, state, 1, FIELD.SPARSE_CONVERT, SWITCH);
      integerOption(vm, state, 2, FIELD.SPARSE_RATIO, [0, INT_MAX]);
      integerOption(vm, state, 3, FIELD.SPARSE_SAFE, [0, INT_MAX]);
      return 3;
    },
    encode_max_depth: integer(FIELD.ENCODE_DEPTH, [1, INT_MAX]),
    decode_max_depth: integer(FIELD.DECODE_DEPTH, [1, INT_MAX]),
    encode_number_precision: integer(FIELD.PRECISION, [1, 14]),
    encode_keep_buffer: choice(FIELD.KEEP_BUFFER),
    encode_invalid_numbers: choice(FIELD.ENCODE_INVALID, ["off", "on", "null"]),
    decode_invalid_numbers: choice(FIELD.DECODE_INVALID),
  };
}
