// Tables that scripts may read and not change. This Lua has no read-only tables, so a script sees an empty table in front of
// each: reading goes through to what is behind, writing is refused. The functions that look at tables without their
// metatables (next, pairs, rawget …) know the fronts and look behind.

import { type LuaApi, TYPE } from "./api.ts";
import type { LuaFunction } from "./trampolines.ts";
import type { LuaVm } from "./vm.ts";

const READ_ONLY = "Attempt to modify a readonly table";

interface Front {
  /** What is behind it, kept in the registry. */
  readonly behind: number;
  /** What getmetatable shows; null: none. */
  readonly metatable: number | null;
}

export class Sandbox {
  private readonly fronts = new Map<number, Front>();
  private readonly refuse: number;
  private readonly unknown: number;
  /** What getmetatable shows of strings. */
  private stringMetatable = -1;

  constructor(private readonly vm: LuaVm) {
    [this.refuse, this.unknown] = vm.install([
      state => vm.fail(state, READ_ONLY),
      state => {
        const { api } = vm;
        if (api.lua_isstring(state, 2) === 0) {
          vm.fail(state, "Second argument to luaProtectedTableError must be a string or number");
        }
        return vm.fail(state, `Script attempted to access nonexistent global variable '${vm.text(state, 2)}'`);
      },
    ]);
  }

  private get api(): LuaApi {
    return this.vm.api;
  }

  /** Puts a front before the table on top and leaves the front there instead. */
  front(metatable: number | null = null): void {
    const { vm, api } = this;
    const { state } = vm;
    api.lua_pushvalue(state, -1);
    const behind = vm.keep(state);
    api.lua_createtable(state, 0, 0);
    this.fronts.set(api.lua_topointer(state, -1), { behind, metatable });
    api.lua_createtable(state, 0, 3);
    api.lua_pushvalue(state, -3);
    vm.setField(state, "__index");
    api.lua_pushcclosure(state, this.refuse, 0);
    vm.setField(state, "__newindex");
    api.lua_setmetatable(state, -2);
    api.lua_remove(state, -2);
  }

  /** The table on top answers for names that it does not have with an error. */
  refuseUnknown(): void {
    const { vm, api } = this;
    const { state } = vm;
    api.lua_createtable(state, 0, 1);
    api.lua_pushcclosure(state, this.unknown, 0);
    vm.setField(state, "__index");
    api.lua_setmetatable(state, -2);
  }

  /** Keeps a front before a table that holds the value on top as its __index: a metatable to show. */
  shownMetatable(): number {
    const { vm, api } = this;
    const { state } = vm;
    api.lua_createtable(state, 0, 1);
    api.lua_insert(state, -2);
    vm.setField(state, "__index");
    this.front();
    return vm.keep(state);
  }

  /** The same for the metatable of strings: the value on top is what they show as __index. */
  showStrings(): void {
    this.stringMetatable = this.shownMetatable();
  }

  /** Pushes the function that refuses unknown names. */
  pushUnknown(): void {
    this.api.lua_pushcclosure(this.vm.state, this.unknown, 0);
  }

  private frontAt(state: number, index: number): Front | undefined {
    return this.api.lua_type(state, index) === TYPE.TABLE
      ? this.fronts.get(this.api.lua_topointer(state, index))
      : undefined;
  }

  /** Replaces an argument that is a front by what is behind it. */
  private lookBehind(state: number, argument: number): void {
    const front = this.frontAt(state, argument);
    if (front === undefined) return;
    this.vm.kept(state, front.behind);
    this.api.lua_replace(state, argument);
  }

  /** Puts our forms of the functions that see fronts in the place of the usual ones, in the globals. */
  guard(): void {
    const refusing = (original: LuaFunction): LuaFunction => {
      return state => {
        if (this.frontAt(state, 1) !== undefined) this.vm.failBare(state, READ_ONLY);
        return original(state);
      };
    };
    const behind = (original: LuaFunction): LuaFunction => {
      return state => {
        this.lookBehind(state, 1);
        return original(state);
      };
    };
    this.vm.replaceFunction("rawset", refusing);
    this.vm.replaceFunction("setmetatable", refusing);
    this.vm.replaceFunction("rawget", behind);
    this.vm.replaceFunction("next", behind);
    this.vm.replaceFunction("pairs", original => state => {
      const front = this.frontAt(state, 1);
      if (front === undefined) return original(state);
      this.api.lua_settop(state, 1);
      this.api.lua_getfield(state, this.vm.globals, this.vm.name("next"));
      this.api.lua_insert(state, 1);
      this.api.lua_pushnil(state);
      return 3;
    });
    this.vm.replaceFunction("getmetatable", original => state => {
      const isString = this.api.lua_type(state, 1) === TYPE.STRING;
      const front = isString ? undefined : this.frontAt(state, 1);
      if (!isString && front === undefined) return original(state);
      const shown = isString ? this.stringMetatable : front!.metatable;
      if (shown === null) this.api.lua_pushnil(state);
      else this.vm.kept(state, shown);
      return 1;
    });
    this.vm.replaceFunction("table.insert", refusing);
  }
}
