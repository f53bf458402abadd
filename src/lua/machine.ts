// The machines that run scripts and functions: a Lua each, with its environment. What breaks one (memory used up outside of
// protection, recursion that fills the stack) ends that script; the machine is made anew.

import { formatDouble17 } from "../engine/numbers.ts";
import { Double, ErrorReply, type Reply } from "../engine/reply.ts";
import type {
  LibraryMachine,
  MachineFactory,
  Registration,
  ScriptCall,
  ScriptMachine,
  ScriptServer,
} from "../engine/scripting/machine.ts";
import { INSTRUCTIONS_PER_TURN } from "../engine/scripting/machine.ts";
import { GC_COUNT, GC_STEP, MASK_COUNT, MASK_LINE, TYPE } from "./api.ts";
import { Environment } from "./environment.ts";
import { errorHandler } from "./error-handler.ts";
import { readRegistration } from "./register.ts";
import { pushError } from "./replies-in.ts";
import { errorFacts, errorReply, popReply } from "./replies-out.ts";
import { ServerApi } from "./server-api.ts";
import { LuaVm } from "./vm.ts";

/** Collects garbage a bit every so many runs. */
const GC_PERIOD = 50;
/** A machine that has grown beyond this is made anew when it holds little: its memory never shrinks. */
const GROWN_BYTES = 128 * 1_048_576;
/** The error when the machine itself broke. */
const BROKEN = "not enough memory or stack";

/** One Lua with its environment and the turns of its script. */
class Lua {
  readonly vm = new LuaVm();
  readonly api: ServerApi;
  readonly environment: Environment;
  readonly handler: number;
  /** Bytes in use before the first script. */
  readonly freshMemory: number;
  private readonly hook: number;
  /** Asked every so many instructions: what to end the script with, or null. */
  onTurn: () => string | null = () => null;
  instructions = 0;
  private ended = false;
  private runs = 0;

  constructor(
    readonly server: ScriptServer,
    kind: "scripts" | "libraries",
  ) {
    const { vm } = this;
    this.api = new ServerApi(vm, server);
    this.environment = new Environment(vm, server, this.api, kind);
    const [handler] = vm.install([errorHandler(vm)]);
    vm.api.lua_pushcclosure(vm.state, handler, 0);
    this.handler = vm.keep(vm.state);
    this.hook = vm.installHook(state => this.turn(state));
    this.freshMemory = this.memory;
  }

  private turn(state: number): undefined {
    this.instructions += INSTRUCTIONS_PER_TURN;
    const ending = this.onTurn();
    if (ending === null) return undefined;
    this.ended = true;
    const { vm } = this;
    // From here on at every line: the script cannot catch this error and go on.
    vm.api.lua_sethook(state, this.hook, MASK_LINE, 0);
    pushError(vm, state, ending);
    vm.api.lua_error(state);
    return undefined;
  }

  /** Counts instructions while `work` runs. */
  counted<T>(onTurn: () => string | null, work: () => T): T {
    const { vm } = this;
    this.onTurn = onTurn;
    this.ended = false;
    vm.api.lua_sethook(vm.state, this.hook, MASK_COUNT, INSTRUCTIONS_PER_TURN);
    const result = work();
    // A script that was ended was so at a full turn, and its counter stands elsewhere.
    if (!this.ended) this.instructions += INSTRUCTIONS_PER_TURN - vm.instructionsLeft;
    vm.api.lua_sethook(vm.state, 0, 0, 0);
    if (++this.runs % GC_PERIOD === 0) vm.api.lua_gc(vm.state, GC_STEP, GC_PERIOD);
    return result;
  }

  /** Runs the function on the stack with so many arguments, above the error handler; its reply. */
  run(name: string, args: number): Reply {
    const { vm, server } = this;
    const { state } = vm;
    const ending = () => (server.interrupted() ? "Script killed by user with SCRIPT KILL..." : null);
    const status = this.counted(ending, () => vm.api.lua_pcall(state, args, 1, 1));
    const reply =
      status === 0 ? popReply(vm, state, { resp: server.resp, double: one => this.double(one) }) : this.error(name);
    vm.api.lua_settop(state, 0);
    return reply;
  }

  private double(value: number): Double {
    return this.server.shortDoubles ? new Double(value) : new Double(value, formatDouble17(value));
  }

  private error(name: string): ErrorReply {
    const { vm } = this;
    const { state } = vm;
    if (vm.api.lua_type(state, -1) !== TYPE.TABLE) {
      const text = vm.text(state, -1) ?? "execution failure";
      return errorReply(`ERR Error running script ${name}, ${text.slice(0, 100)}`, false);
    }
    const { message, source, line, counted } = errorFacts(vm, state);
    const place = source === null || line === null ? "" : ` script: ${name}, on ${source}:${line}.`;
    return errorReply(`${message ?? "ERR unknown error"}${place}`, counted);
  }

  /** Pushes a list of strings. */
  pushList(items: readonly string[]): void {
    const { vm } = this;
    vm.api.lua_createtable(vm.state, items.length, 0);
    for (let i = 0; i < items.length; i++) {
      vm.push(vm.state, items[i]);
      vm.api.lua_rawseti(vm.state, -2, i + 1);
    }
  }

  get memory(): number {
    return this.vm.api.lua_gc(this.vm.state, GC_COUNT, 0) * 1_024;
  }

  /** Whether it holds far more of the process's memory than it uses. */
  get isBloated(): boolean {
    return this.vm.heldBytes > GROWN_BYTES;
  }
}

/** What both machines do: keep a Lua, and make another when it broke. */
abstract class Base {
  protected lua: Lua;
  private past = 0;

  constructor(
    protected readonly server: ScriptServer,
    private readonly kind: "scripts" | "libraries",
  ) {
    this.lua = new Lua(server, kind);
  }

  get addedMemory(): number {
    return Math.max(0, this.lua.memory - this.lua.freshMemory);
  }

  get instructions(): number {
    return this.past + this.lua.instructions;
  }

  protected renew(): void {
    this.past += this.lua.instructions;
    this.lua = new Lua(this.server, this.kind);
    this.renewed();
  }

  /** What the old one knew is gone. */
  protected abstract renewed(): void;

  protected guarded(name: string, work: (lua: Lua) => Reply): Reply {
    try {
      return work(this.lua);
    } catch (error) {
      if (!isBreakage(error)) throw error;
      this.renew();
      return new ErrorReply(`ERR Error running script ${name}, ${BROKEN}`);
    }
  }
}

/** Lua gave up, the stack is full, or WebAssembly trapped. */
function isBreakage(error: unknown): boolean {
  if (!(error instanceof Error)) return error === Number.POSITIVE_INFINITY;
  return error.name === "Broken" || error.name === "RangeError" || error.name === "RuntimeError";
}

class Scripts extends Base implements ScriptMachine {
  private readonly compiled = new Map<string, number>();

  constructor(server: ScriptServer) {
    super(server, "scripts");
  }

  protected renewed(): void {
    this.compiled.clear();
  }

  define(name: string, code: string): string | null {
    const { vm, environment } = this.lua;
    environment.enter();
    if (vm.load(vm.state, code, "@user_script") !== 0) {
      const problem = vm.text(vm.state, -1)!;
      vm.api.lua_settop(vm.state, 0);
      return problem;
    }
    this.compiled.set(name, vm.keep(vm.state));
    return null;
  }

  has(name: string): boolean {
    return this.compiled.has(name);
  }

  forget(name: string): void {
    const ref = this.compiled.get(name);
    if (ref === undefined) return;
    this.lua.vm.release(ref);
    this.compiled.delete(name);
  }

  run({ name, keys, args }: ScriptCall): Reply {
    const reply = this.guarded(name, lua => {
      const { vm, environment } = lua;
      const { state } = vm;
      environment.enter();
      vm.kept(state, lua.handler);
      vm.kept(state, this.compiled.get(name)!);
      vm.kept(state, environment.globals);
      lua.pushList(keys);
      vm.setField(state, "KEYS");
      lua.pushList(args);
      vm.setField(state, "ARGV");
      vm.pop(state);
      return lua.run(name, 0);
    });
    if (this.lua.isBloated) this.renew();
    return reply;
  }
}

class LibraryRunner extends Base implements LibraryMachine {
  private functions = new Map<number, number>();
  private nextRef = 1;
  private register: ((one: Registration) => string | null) | null = null;
  private loading = -1;

  constructor(
    server: ScriptServer,
    private readonly lost: () => void,
  ) {
    super(server, "libraries");
    this.loading = this.loadGlobals();
  }

  protected renewed(): void {
    this.functions.clear();
    this.loading = this.loadGlobals();
    this.lost();
  }

  /** What a library's code sees while it is loaded: only registering, logging, versions. */
  private loadGlobals(): number {
    const { vm, api, environment } = this.lua;
    const { state } = vm;
    const { sandbox } = environment;
    vm.api.lua_createtable(state, 0, 2);
    vm.api.lua_createtable(state, 0, 12);
    api.addCommon(state);
    api.addFunctions(state, { register_function: one => this.registerFunction(one) });
    sandbox.refuseUnknown();
    sandbox.front(this.shownUnknown());
    if (this.server.since80) {
      vm.api.lua_pushvalue(state, -1);
      vm.api.lua_setfield(state, -3, vm.name("server"));
    }
    vm.setField(state, "redis");
    sandbox.refuseUnknown();
    return vm.keep(state);
  }

  private shownUnknown(): number {
    this.lua.environment.sandbox.pushUnknown();
    return this.lua.environment.sandbox.shownMetatable();
  }

  private registerFunction(state: number): number {
    const { vm, api } = this.lua;
    if (this.register === null) {
      return api.raise(state, `${api.name}.register_function can only be called on FUNCTION LOAD command`);
    }
    const registration = readRegistration(vm, state, api.name);
    if (typeof registration === "string") return api.raise(state, registration);
    const ref = this.nextRef++;
    const problem = this.register({ ...registration, ref });
    if (problem !== null) {
      vm.release(registration.ref);
      return api.raise(state, problem);
    }
    this.functions.set(ref, registration.ref);
    return 0;
  }

  /** Puts other globals behind the front. */
  private showGlobals(ref: number): void {
    const { vm, environment } = this.lua;
    const { api, state } = vm;
    vm.kept(state, environment.front);
    api.lua_getmetatable(state, -1);
    vm.kept(state, ref);
    vm.setField(state, "__index");
    vm.pop(state, 2);
  }

  load(code: string, register: (one: Registration) => string | null): string | null {
    const { lua } = this;
    const { vm, environment, server } = lua;
    const { state } = vm;
    environment.enter();
    this.showGlobals(this.loading);
    this.register = register;
    try {
      if (vm.load(state, code, "@user_function") !== 0) {
        return `Error compiling function: ${vm.text(state, -1)}`;
      }
      const ending = () => (server.loadTimedOut() ? "FUNCTION LOAD timeout" : null);
      if (lua.counted(ending, () => vm.api.lua_pcall(state, 0, 0, 0)) === 0) return null;
      const message =
        vm.api.lua_type(state, -1) === TYPE.TABLE ? errorFacts(vm, state).message : `ERR ${vm.text(state, -1)}`;
      return `Error registering functions: ${message ?? "unknown error"}`;
    } catch (error) {
      if (!isBreakage(error)) throw error;
      this.renew();
      return `Error registering functions: ${BROKEN}`;
    } finally {
      this.register = null;
      const now = this.lua;
      this.showGlobals(now.environment.globals);
      now.vm.api.lua_settop(now.vm.state, 0);
    }
  }

  run(ref: number, { name, keys, args }: ScriptCall): Reply {
    return this.guarded(name, lua => {
      const { vm, environment } = lua;
      environment.enter();
      vm.kept(vm.state, lua.handler);
      vm.kept(vm.state, this.functions.get(ref)!);
      lua.pushList(keys);
      lua.pushList(args);
      return lua.run(name, 2);
    });
  }

  release(ref: number): void {
    const kept = this.functions.get(ref);
    if (kept === undefined) return;
    this.lua.vm.release(kept);
    this.functions.delete(ref);
  }
}

export const LUA: MachineFactory = {
  scripts: server => new Scripts(server),
  libraries: (server, lost) => new LibraryRunner(server, lost),
};
