// What runs between an error and the end of a script: makes a table of it and notes where in the script it came up.

import { TYPE } from "./api.ts";
import type { LuaFunction } from "./trampolines.ts";
import type { LuaVm } from "./vm.ts";

/** Offsets in the record of lua_getinfo. */
const WHAT = 12;
const SOURCE = 16;
const CURRENT_LINE = 20;
const RECORD_BYTES = 128;

/** An error of this kind is no string and has no text of its own. */
function describe(vm: LuaVm, state: number): string {
  const type = vm.api.lua_type(state, 1);
  if (type === TYPE.NIL) return "nil";
  if (type === TYPE.BOOLEAN) return vm.api.lua_toboolean(state, 1) === 0 ? "false" : "true";
  const address = vm.api.lua_topointer(state, 1).toString(16);
  return vm.text(state, 1) ?? `${vm.typeName(state, 1)}: 0x${address}`;
}

export function errorHandler(vm: LuaVm): LuaFunction {
  const { api } = vm;
  const record = api.malloc(RECORD_BYTES);
  const what = vm.name("nSl");
  const look = (state: number, level: number): boolean => {
    if (api.lua_getstack(state, level, record) === 0) return false;
    api.lua_getinfo(state, what, record);
    return true;
  };
  return state => {
    let found = look(state, 1);
    // An error in a function of ours is one of the Lua code that called it.
    if (found && vm.cString(vm.words[(record + WHAT) >> 2]) === "C") found = look(state, 2);
    api.lua_settop(state, 1);
    if (api.lua_type(state, 1) !== TYPE.TABLE) {
      const text = describe(vm, state);
      api.lua_createtable(state, 0, 4);
      vm.push(state, `ERR ${text}`);
      vm.setField(state, "err");
    }
    if (!found) return 1;
    vm.push(state, vm.cString(vm.words[(record + SOURCE) >> 2]));
    vm.setField(state, "source");
    api.lua_pushnumber(state, vm.words[(record + CURRENT_LINE) >> 2]);
    vm.setField(state, "line");
    return 1;
  };
}
