// The table redis, also called server: what a script can do with the server.

import { formatDouble17, shortestDouble } from "../engine/numbers.ts";
import { TO_ALL, TO_APPEND_ONLY_FILE, TO_REPLICAS } from "../engine/propagation.ts";
import { ErrorReply } from "../engine/reply.ts";
import { sha1hex } from "../engine/scripting/cache.ts";
import type { ScriptServer } from "../engine/scripting/machine.ts";
import { TYPE } from "./api.ts";
import { pushError, pushReply } from "./replies-in.ts";
import type { LuaFunction } from "./trampolines.ts";
import { type LuaVm, toInt } from "./vm.ts";

const LOG_LEVELS: Readonly<Record<string, number>> = { LOG_DEBUG: 0, LOG_VERBOSE: 1, LOG_NOTICE: 2, LOG_WARNING: 3 };
const TARGETS: Readonly<Record<string, number>> = {
  REPL_NONE: 0,
  REPL_AOF: TO_APPEND_ONLY_FILE,
  REPL_SLAVE: TO_REPLICAS,
  REPL_REPLICA: TO_REPLICAS,
  REPL_ALL: TO_ALL,
};

export class ServerApi {
  constructor(
    private readonly vm: LuaVm,
    private readonly server: ScriptServer,
  ) {}

  /** How the table is called in error texts. */
  get name(): string {
    return this.server.since80 ? "server" : "redis";
  }

  /** Raises an error table without a position. */
  raise(state: number, text: string): never {
    pushError(this.vm, state, text);
    this.vm.api.lua_error(state);
    throw new Error("Lua did not raise the error");
  }

  /** Puts what both tables have into the table on top: the log and the versions. */
  addCommon(state: number): void {
    const { server } = this;
    this.addFunctions(state, { log: one => this.log(one) });
    for (const [field, level] of Object.entries(LOG_LEVELS)) this.addNumber(state, field, level);
    this.addText(state, "REDIS_VERSION", server.redisVersion);
    this.addNumber(state, "REDIS_VERSION_NUM", versionNumber(server.redisVersion));
    if (server.product === "redis") return;
    this.addText(state, "VALKEY_VERSION", server.version);
    this.addNumber(state, "VALKEY_VERSION_NUM", versionNumber(server.version));
    if (server.since80) this.addText(state, "SERVER_NAME", "valkey");
  }

  /** The rest of what running scripts have. */
  addRunning(state: number): void {
    this.addFunctions(state, {
      call: one => this.call(one, true),
      pcall: one => this.call(one, false),
      setresp: one => this.setResp(one),
      sha1hex: one => this.sha1(one),
      error_reply: one => this.errorReply(one),
      status_reply: one => this.statusReply(one),
      set_repl: one => this.setTargets(one),
      acl_check_cmd: one => this.aclCheck(one),
    });
    for (const [field, targets] of Object.entries(TARGETS)) this.addNumber(state, field, targets);
  }

  /** What only scripts of EVAL have: the debugger's functions as they are without one. */
  addEval(state: number): void {
    const { api } = this.vm;
    const answer =
      (value: number): LuaFunction =>
      one => {
        api.lua_pushboolean(one, value);
        return 1;
      };
    this.addFunctions(state, { breakpoint: answer(0), debug: () => 0, replicate_commands: answer(1) });
  }

  addFunctions(state: number, functions: Readonly<Record<string, LuaFunction>>): void {
    const numbers = this.vm.install(Object.values(functions));
    Object.keys(functions).forEach((field, i) => {
      this.vm.api.lua_pushcclosure(state, numbers[i], 0);
      this.vm.setField(state, field);
    });
  }

  private addNumber(state: number, field: string, value: number): void {
    this.vm.api.lua_pushnumber(state, value);
    this.vm.setField(state, field);
  }

  private addText(state: number, field: string, value: string): void {
    this.vm.push(state, value);
    this.vm.setField(state, field);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Calls.

  /** A call's words off the stack, or null with an error table on it. */
  private words(state: number): string[] | null {
    const { vm } = this;
    const { api } = vm;
    const count = api.lua_gettop(state);
    if (count === 0) {
      pushError(
        vm,
        state,
        `Please specify at least one argument for this ${this.server.since80 ? "call" : "redis lib call"}`,
      );
      return null;
    }
    const words: string[] = [];
    for (let i = 1; i <= count; i++) {
      const isNumber = api.lua_type(state, i) === TYPE.NUMBER;
      const word = isNumber ? this.numberWord(api.lua_tonumber(state, i)) : vm.text(state, i);
      if (word === null) break;
      words.push(word);
    }
    api.lua_settop(state, 0);
    if (words.length === count) return words;
    pushError(vm, state, `${this.server.since80 ? "Command" : "Lua redis lib command"} ${NOT_WORDS}`);
    return null;
  }

  private numberWord(value: number): string {
    if (!this.server.shortDoubles) return formatDouble17(value);
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) {
      return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : BigInt(value).toString();
    }
    return shortestDouble(value);
  }

  private call(state: number, raises: boolean): number {
    const { vm, server } = this;
    const words = this.words(state);
    if (words === null) return raises ? vm.api.lua_error(state) : 1;
    const reply = server.call(words);
    pushReply(vm, state, reply, server.resp);
    return raises && reply instanceof ErrorReply ? vm.api.lua_error(state) : 1;
  }

  private aclCheck(state: number): number {
    const { vm, server } = this;
    const words = this.words(state);
    if (words === null) return vm.api.lua_error(state);
    const allowed = server.mayCall(words);
    if (allowed === null) this.raise(state, `Invalid command passed to ${this.name}.acl_check_cmd()`);
    vm.api.lua_pushboolean(state, allowed ? 1 : 0);
    return 1;
  }

  // -------------------------------------------------------------------------------------------------------------
  // The rest.

  private log(state: number): number {
    const { vm, server } = this;
    const { api } = vm;
    const count = api.lua_gettop(state);
    if (count < 2) this.raise(state, `${this.name}.log() requires two arguments or more.`);
    if (api.lua_isnumber(state, 1) === 0) this.raise(state, "First argument must be a number (log level).");
    const level = toInt(api.lua_tonumber(state, 1));
    if (level < 0 || level > LOG_LEVELS.LOG_WARNING) {
      this.raise(state, server.since80 ? "Invalid log level." : "Invalid debug level.");
    }
    const words: string[] = [];
    for (let i = 2; i <= count; i++) {
      const word = vm.text(state, i);
      if (word !== null) words.push(word);
    }
    server.log(level, words.join(" "));
    return 0;
  }

  private sha1(state: number): number {
    const { vm } = this;
    if (vm.api.lua_gettop(state) !== 1) this.raise(state, "wrong number of arguments");
    vm.push(state, sha1hex(vm.text(state, 1) ?? ""));
    return 1;
  }

  private setResp(state: number): number {
    const { api } = this.vm;
    if (api.lua_gettop(state) !== 1) this.raise(state, `${this.name}.setresp() requires one argument.`);
    const version = toInt(api.lua_tonumber(state, 1));
    if (version !== 2 && version !== 3) this.raise(state, "RESP version must be 2 or 3.");
    this.server.resp = version;
    return 0;
  }

  private setTargets(state: number): number {
    const { api } = this.vm;
    if (api.lua_gettop(state) !== 1) {
      this.raise(
        state,
        `${this.name}.set_repl() requires ${this.server.product === "redis" ? "two arguments" : "one argument"}.`,
      );
    }
    const targets = toInt(api.lua_tonumber(state, 1));
    if ((targets & ~TO_ALL) !== 0) {
      this.raise(state, "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
    }
    this.server.replicateTo(targets);
    return 0;
  }

  /** Whether there is one argument, a string; else an error table lies on the stack. */
  private isOneString(state: number): boolean {
    const { api } = this.vm;
    if (api.lua_gettop(state) === 1 && api.lua_type(state, 1) === TYPE.STRING) return true;
    pushError(this.vm, state, "wrong number or type of arguments");
    return false;
  }

  private errorReply(state: number): number {
    const { vm } = this;
    if (!this.isOneString(state)) return 1;
    const text = vm.text(state, 1)!;
    const end = text.indexOf("\0");
    const shown = end === -1 ? text : text.slice(0, end);
    pushError(vm, state, shown.startsWith("-") ? shown : `-${shown}`);
    return 1;
  }

  private statusReply(state: number): number {
    const { vm } = this;
    if (!this.isOneString(state)) return 1;
    vm.api.lua_createtable(state, 0, 1);
    vm.api.lua_pushvalue(state, 1);
    vm.setField(state, "ok");
    return 1;
  }
}

const NOT_WORDS = "arguments must be strings or integers";

/** Major, minor and patch in a byte each. */
function versionNumber(version: string): number {
  return version.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}
