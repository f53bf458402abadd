// The library "cjson".

import { pushSettings, settingFunctions } from "./json-config.ts";
import { decode } from "./json-decode.ts";
import { encode } from "./json-encode.ts";
import type { LuaFunction } from "./trampolines.ts";
import type { LuaVm } from "./vm.ts";

/** What pushes a cjson table with settings of its own. */
export function jsonLibrary(vm: LuaVm): (state: number) => void {
  const { api } = vm;
  const functions: Record<string, LuaFunction> = {
    encode: state => encode(vm, state),
    decode: state => decode(vm, state),
    ...settingFunctions(vm),
    new: state => {
      pushTable(state);
      return 1;
    },
  };
  const numbers = vm.install(Object.values(functions));
  const pushTable = (state: number): void => {
    api.lua_createtable(state, 0, numbers.length + 3);
    pushSettings(vm, state);
    Object.keys(functions).forEach((name, i) => {
      api.lua_pushvalue(state, -1);
      api.lua_pushcclosure(state, numbers[i], 1);
      api.lua_setfield(state, -3, vm.name(name));
    });
    vm.pop(state);
    api.lua_pushlightuserdata(state, 0);
    vm.setField(state, "null");
    vm.push(state, "cjson");
    vm.setField(state, "_NAME");
    vm.push(state, "2.1.0");
    vm.setField(state, "_VERSION");
  };
  return pushTable;
}
