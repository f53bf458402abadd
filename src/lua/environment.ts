// What scripts find: the libraries, the server's table, and globals that they can read and not change.

import type { ScriptServer } from "../engine/scripting/machine.ts";
import { ALL_RESULTS, GLOBALS, TYPE } from "./api.ts";
import { bitLibrary } from "./bit.ts";
import { jsonLibrary } from "./json.ts";
import { MSGPACK_FIELDS, msgpackLibrary } from "./msgpack.ts";
import { Sandbox } from "./sandbox.ts";
import type { ServerApi } from "./server-api.ts";
import { structLibrary } from "./struct.ts";
import { replaceWordFunctions } from "./text-functions.ts";
import type { LuaFunction } from "./trampolines.ts";
import type { LuaVm } from "./vm.ts";

/** What no script gets. */
const REMOVED = ["dofile", "loadfile", "print"] as const;
/** What patched releases of 7.0 took away as well. */
const REMOVED_LATER = ["getfenv", "setfenv", "newproxy"] as const;
const RANDOM_MAX = 2 ** 31 - 1;

/** pcall gives the text of an error, where inside errors are tables. */
function protectedCall(vm: LuaVm): LuaFunction {
  const { api } = vm;
  return state => {
    const count = api.lua_gettop(state);
    if (count === 0) vm.argumentError(state, 1, "value expected");
    api.lua_pushboolean(state, 1);
    api.lua_insert(state, 1);
    if (api.lua_pcall(state, count - 1, ALL_RESULTS, 0) === 0) return api.lua_gettop(state);
    api.lua_remove(state, 1);
    if (api.lua_type(state, -1) === TYPE.TABLE) {
      api.lua_getfield(state, -1, vm.name("err"));
      if (api.lua_isstring(state, -1) !== 0) api.lua_replace(state, -2);
    }
    api.lua_pushboolean(state, 0);
    api.lua_insert(state, 1);
    return api.lua_gettop(state);
  };
}

/** math.random and math.randomseed on the server's generator. */
function randomFunctions(vm: LuaVm, server: ScriptServer): Record<string, LuaFunction> {
  const { api } = vm;
  return {
    random: state => {
      const share = (server.random() % RANDOM_MAX) / RANDOM_MAX;
      const count = api.lua_gettop(state);
      if (count > 2) vm.fail(state, "wrong number of arguments");
      if (count === 0) {
        api.lua_pushnumber(state, share);
        return 1;
      }
      const low = count === 1 ? 1 : vm.checkInt(state, 1);
      const high = vm.checkInt(state, count);
      if (low > high) vm.argumentError(state, count, "interval is empty");
      api.lua_pushnumber(state, Math.floor(share * ((high - low + 1) | 0)) + low);
      return 1;
    },
    randomseed: state => {
      server.seedRandom(vm.checkInt(state, 1));
      return 0;
    },
  };
}

export class Environment {
  readonly sandbox: Sandbox;
  /** The front of the globals, kept in the registry: what scripts run in. */
  readonly front: number;
  /** What is behind it: where KEYS and ARGV go. */
  readonly globals: number;

  constructor(
    private readonly vm: LuaVm,
    server: ScriptServer,
    readonly api: ServerApi,
    /** Scripts of EVAL have the debugger's functions, functions have not. */
    kind: "scripts" | "libraries",
  ) {
    const { state } = vm;
    this.openLibraries();
    replaceWordFunctions(vm);
    this.addFields("math", randomFunctions(vm, server));
    this.replaceGlobal("pcall", protectedCall(vm));
    if (server.since80) this.addClock(server);
    if (server.product === "redis") this.remove(REMOVED_LATER);
    vm.api.lua_createtable(state, 0, 32);
    api.addCommon(state);
    api.addRunning(state);
    if (kind === "scripts") api.addEval(state);
    vm.api.lua_setfield(state, GLOBALS, vm.name("redis"));
    this.sandbox = new Sandbox(vm);
    this.sandbox.guard();
    this.protectTables(server.since80);
    vm.api.lua_pushvalue(state, GLOBALS);
    this.globals = vm.keep(state);
    this.front = this.frontGlobals();
  }

  private openLibraries(): void {
    const { vm } = this;
    const { api, state } = vm;
    const openers = [
      ["", api.luaopen_base],
      ["table", api.luaopen_table],
      ["string", api.luaopen_string],
      ["math", api.luaopen_math],
    ] as const;
    const numbers = vm.enter(openers.map(([, open]) => open));
    openers.forEach(([name], i) => {
      api.lua_pushcclosure(state, numbers[i], 0);
      vm.push(state, name);
      api.lua_call(state, 1, 0);
    });
    this.remove(REMOVED);
    jsonLibrary(vm)(state);
    api.lua_setfield(state, GLOBALS, vm.name("cjson"));
    vm.library(state, structLibrary(vm));
    api.lua_setfield(state, GLOBALS, vm.name("struct"));
    vm.library(state, bitLibrary(vm));
    api.lua_setfield(state, GLOBALS, vm.name("bit"));
    vm.library(state, msgpackLibrary(vm));
    for (const [field, text] of Object.entries(MSGPACK_FIELDS)) {
      vm.push(state, text);
      vm.setField(state, field);
    }
    api.lua_setfield(state, GLOBALS, vm.name("cmsgpack"));
  }

  private remove(names: readonly string[]): void {
    const { api, state } = this.vm;
    for (const name of names) {
      api.lua_pushnil(state);
      api.lua_setfield(state, GLOBALS, this.vm.name(name));
    }
  }

  private addClock(server: ScriptServer): void {
    const { vm } = this;
    vm.library(vm.state, {
      clock: state => {
        vm.api.lua_pushnumber(state, server.cpuSeconds());
        return 1;
      },
    });
    vm.api.lua_setfield(vm.state, GLOBALS, vm.name("os"));
  }

  /** Adds functions to a library that is there. */
  private addFields(library: string, functions: Readonly<Record<string, LuaFunction>>): void {
    const { api, state } = this.vm;
    api.lua_getfield(state, GLOBALS, this.vm.name(library));
    this.api.addFunctions(state, functions);
    this.vm.pop(state);
  }

  private replaceGlobal(name: string, fn: LuaFunction): void {
    const [number] = this.vm.install([fn]);
    this.vm.api.lua_pushcclosure(this.vm.state, number, 0);
    this.vm.api.lua_setfield(this.vm.state, GLOBALS, this.vm.name(name));
  }

  /** Puts fronts before every table among the globals. */
  private protectTables(since80: boolean): void {
    const { vm, sandbox } = this;
    const { api, state } = vm;
    const names = ["string", "table", "math", "coroutine", "cjson", "struct", "bit", "cmsgpack", "redis"];
    for (const name of since80 ? [...names, "os"] : names) {
      api.lua_getfield(state, GLOBALS, vm.name(name));
      sandbox.front();
      api.lua_setfield(state, GLOBALS, vm.name(name));
    }
    if (since80) {
      api.lua_getfield(state, GLOBALS, vm.name("redis"));
      api.lua_setfield(state, GLOBALS, vm.name("server"));
    }
    api.lua_getfield(state, GLOBALS, vm.name("string"));
    sandbox.showStrings();
  }

  /** Globals that cannot be changed, and answer for missing names with an error. */
  private frontGlobals(): number {
    const { vm, sandbox } = this;
    const { api, state } = vm;
    api.lua_pushvalue(state, GLOBALS);
    sandbox.refuseUnknown();
    sandbox.pushUnknown();
    sandbox.front(sandbox.shownMetatable());
    // _G is what a script sees as its globals.
    api.lua_pushvalue(state, -1);
    api.lua_setfield(state, GLOBALS, vm.name("_G"));
    return vm.keep(state);
  }

  /** Lets what runs next see these globals; a script may have put others in their place. */
  enter(): void {
    const { vm } = this;
    vm.kept(vm.state, this.front);
    vm.api.lua_replace(vm.state, GLOBALS);
  }
}
