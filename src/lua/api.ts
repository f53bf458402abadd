// The C API of Lua 5.1 as the WebAssembly build exports it: states, indices and pointers are numbers.

import type { WasmMemory, WasmTable } from "./webassembly.ts";

export interface LuaApi {
  readonly memory: WasmMemory;
  readonly __indirect_function_table: WasmTable;
  __wasm_call_ctors(): void;
  emscripten_stack_init(): void;
  stackSave(): number;
  stackRestore(pointer: number): void;
  setThrew(threw: number, value: number): void;
  malloc(bytes: number): number;
  free(pointer: number): void;

  luaL_newstate(): number;
  luaopen_base(state: number): number;
  luaopen_table(state: number): number;
  luaopen_string(state: number): number;
  luaopen_math(state: number): number;

  lua_gettop(state: number): number;
  lua_settop(state: number, index: number): void;
  lua_pushvalue(state: number, index: number): void;
  lua_remove(state: number, index: number): void;
  lua_insert(state: number, index: number): void;
  lua_replace(state: number, index: number): void;
  lua_checkstack(state: number, slots: number): number;

  lua_type(state: number, index: number): number;
  lua_typename(state: number, type: number): number;
  lua_isnumber(state: number, index: number): number;
  lua_isstring(state: number, index: number): number;
  lua_tonumber(state: number, index: number): number;
  lua_toboolean(state: number, index: number): number;
  lua_tolstring(state: number, index: number, length: number): number;
  lua_tocfunction(state: number, index: number): number;
  lua_touserdata(state: number, index: number): number;
  lua_topointer(state: number, index: number): number;
  lua_objlen(state: number, index: number): number;

  lua_pushnil(state: number): void;
  lua_pushnumber(state: number, value: number): void;
  lua_pushlstring(state: number, pointer: number, length: number): void;
  lua_pushcclosure(state: number, fn: number, upvalues: number): void;
  lua_pushboolean(state: number, value: number): void;
  lua_pushlightuserdata(state: number, pointer: number): void;
  lua_newuserdata(state: number, bytes: number): number;
  lua_createtable(state: number, array: number, hash: number): void;

  lua_getfield(state: number, index: number, name: number): void;
  lua_setfield(state: number, index: number, name: number): void;
  lua_gettable(state: number, index: number): void;
  lua_settable(state: number, index: number): void;
  lua_rawget(state: number, index: number): void;
  lua_rawset(state: number, index: number): void;
  lua_rawgeti(state: number, index: number, n: number): void;
  lua_rawseti(state: number, index: number, n: number): void;
  lua_next(state: number, index: number): number;
  lua_setmetatable(state: number, index: number): number;
  lua_getmetatable(state: number, index: number): number;
  lua_getupvalue(state: number, fn: number, n: number): number;
  lua_concat(state: number, n: number): void;

  lua_call(state: number, args: number, results: number): void;
  lua_pcall(state: number, args: number, results: number, handler: number): number;
  lua_error(state: number): number;
  lua_gc(state: number, what: number, data: number): number;
  lua_sethook(state: number, hook: number, mask: number, count: number): number;
  lua_getstack(state: number, level: number, record: number): number;
  lua_getinfo(state: number, what: number, record: number): number;

  luaL_loadbuffer(state: number, code: number, length: number, name: number): number;
  luaL_ref(state: number, table: number): number;
  luaL_unref(state: number, table: number, ref: number): void;
  luaL_where(state: number, level: number): void;
  luaL_argerror(state: number, argument: number, message: number): number;
  luaL_typerror(state: number, argument: number, name: number): number;
  luaL_checknumber(state: number, argument: number): number;
  luaL_checklstring(state: number, argument: number, length: number): number;
}

export const REGISTRY = -10_000;
export const GLOBALS = -10_002;
export const FIRST_UPVALUE = -10_003;

export const TYPE = {
  NONE: -1,
  NIL: 0,
  BOOLEAN: 1,
  LIGHT_USERDATA: 2,
  NUMBER: 3,
  STRING: 4,
  TABLE: 5,
  FUNCTION: 6,
} as const;

/** As many results as there are. */
export const ALL_RESULTS = -1;

export const GC_COLLECT = 2;
export const GC_COUNT = 3;
export const GC_STEP = 5;

/** What a hook is called for. */
export const MASK_LINE = 4;
export const MASK_COUNT = 8;
