// register_function: how a library's code tells of its functions.

import { scriptFlagInAnyCase } from "../engine/scripting/flags.ts";
import type { Registration } from "../engine/scripting/machine.ts";
import { TYPE } from "./api.ts";
import type { LuaVm } from "./vm.ts";

/** What a call of register_function says; or what is wrong with it. Takes the function into the registry. */
export function readRegistration(vm: LuaVm, state: number, api: string): Registration | string {
  const count = vm.api.lua_gettop(state);
  if (count < 1 || count > 2) return `wrong number of arguments to ${api}.register_function`;
  return count === 1 ? named(vm, state, api) : positional(vm, state, api);
}

function positional(vm: LuaVm, state: number, api: string): Registration | string {
  const name = vm.text(state, 1);
  if (name === null) return `first argument to ${api}.register_function must be a string`;
  if (vm.api.lua_type(state, 2) !== TYPE.FUNCTION) {
    return `second argument to ${api}.register_function must be a function`;
  }
  return { name, description: null, flags: 0, ref: vm.keep(state) };
}

function named(vm: LuaVm, state: number, api: string): Registration | string {
  if (vm.api.lua_type(state, 1) !== TYPE.TABLE) {
    return `calling ${api}.register_function with a single argument is only applicable to Lua table (representing named arguments).`;
  }
  const fields: Fields = { name: null, description: null, flags: 0, ref: null };
  vm.api.lua_pushnil(state);
  while (vm.api.lua_next(state, 1) !== 0) {
    const problem = readField(vm, state, api, fields);
    if (problem !== null) {
      if (fields.ref !== null) vm.release(fields.ref);
      return problem;
    }
    vm.api.lua_settop(state, 2);
  }
  const { name, ref, description, flags } = fields;
  if (name === null) {
    if (ref !== null) vm.release(ref);
    return `${api}.register_function must get a function name argument`;
  }
  if (ref === null) return `${api}.register_function must get a callback argument`;
  return { name, description, flags, ref };
}

interface Fields {
  name: string | null;
  description: string | null;
  flags: number;
  ref: number | null;
}

/** One named argument: its key and value lie on top. */
function readField(vm: LuaVm, state: number, api: string, fields: Fields): string | null {
  if (vm.api.lua_isstring(state, -2) === 0) {
    return `named argument key given to ${api}.register_function is not a string`;
  }
  // On a copy: as a string a number would no longer be the key.
  vm.api.lua_pushvalue(state, -2);
  const key = vm.text(state, -1)!.toLowerCase();
  vm.pop(state);
  switch (key) {
    case "function_name":
      fields.name = vm.text(state, -1);
      return fields.name === null ? `function_name argument given to ${api}.register_function must be a string` : null;
    case "description":
      fields.description = vm.text(state, -1);
      return fields.description === null
        ? `description argument given to ${api}.register_function must be a string`
        : null;
    case "callback":
      if (vm.api.lua_type(state, -1) !== TYPE.FUNCTION) {
        return `callback argument given to ${api}.register_function must be a function`;
      }
      if (fields.ref !== null) vm.release(fields.ref);
      fields.ref = vm.keep(state);
      return null;
    case "flags": {
      if (vm.api.lua_type(state, -1) !== TYPE.TABLE) {
        return `flags argument to ${api}.register_function must be a table representing function flags`;
      }
      const flags = readFlags(vm, state);
      if (flags === null) return "unknown flag given";
      fields.flags = flags;
      return null;
    }
    default:
      return `unknown argument given to ${api}.register_function`;
  }
}

/** The flags in the list on top; null when one is none. */
function readFlags(vm: LuaVm, state: number): number | null {
  let flags = 0;
  for (let i = 1; ; i++) {
    vm.api.lua_pushnumber(state, i);
    vm.api.lua_gettable(state, -2);
    if (vm.isNil(state, -1)) return flags;
    const flag = scriptFlagInAnyCase(vm.text(state, -1) ?? "");
    vm.pop(state);
    if (flag === undefined) return null;
    flags |= flag;
  }
}
