// One Lua state in its own memory: byte strings in and out, functions of ours as C functions, errors.

import { fail } from "../assert.ts";
import { FIRST_UPVALUE, GLOBALS, type LuaApi, MASK_COUNT, REGISTRY, TYPE } from "./api.ts";
import { exported, type LuaFunction } from "./trampolines.ts";
import { instantiate } from "./wasm.ts";

const SCRATCH = 65_536;
/** Where a state counts instructions down: no function tells. Checked at the start. */
const HOOK_COUNT = 64;
const CHECK_COUNT = 1_234_567;
/** Shorter strings are copied faster by hand. */
const BY_HAND = 32;

export class LuaVm {
  readonly api: LuaApi;
  /** The main state. */
  readonly state: number;
  bytes!: Uint8Array;
  words!: Int32Array;
  private buffer!: Buffer;
  private readonly scratch: number;
  /** Where the C API writes lengths. */
  private readonly slot: number;
  private readonly names = new Map<string, number>();

  constructor() {
    this.api = instantiate(() => this.look());
    this.look();
    this.scratch = this.api.malloc(SCRATCH);
    this.slot = this.api.malloc(8);
    this.state = this.api.luaL_newstate();
    this.api.lua_sethook(this.state, 1, MASK_COUNT, CHECK_COUNT);
    if (this.instructionsLeft !== CHECK_COUNT) fail("Lua counts instructions elsewhere");
    this.api.lua_sethook(this.state, 0, 0, 0);
  }

  /** Looks at the memory anew: it has moved. */
  private look(): void {
    // On the way here the first time the field is still being set.
    if (this.api === undefined) return;
    const { buffer } = this.api.memory;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.buffer = Buffer.from(buffer);
  }

  /** Bytes of memory that the instance holds. */
  get heldBytes(): number {
    return this.bytes.length;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Functions.

  /** Puts functions of ours into the table; their numbers. */
  install(functions: readonly LuaFunction[]): number[] {
    return this.enter(exported(functions, 1, true));
  }

  /** A hook's number. */
  installHook(hook: (state: number, record: number) => undefined): number {
    return this.enter(exported([hook], 2, false))[0];
  }

  enter(functions: readonly unknown[]): number[] {
    const table = this.api.__indirect_function_table;
    const first = table.grow(functions.length);
    for (let i = 0; i < functions.length; i++) table.set(first + i, functions[i]);
    return functions.map((_, i) => first + i);
  }

  /** The function behind a number, to be called in the frame of one of ours. */
  entry(fn: number): LuaFunction {
    return this.api.__indirect_function_table.get(fn) as LuaFunction;
  }

  /** Instructions of the main state until the count hook is called again. */
  get instructionsLeft(): number {
    return this.words[(this.state + HOOK_COUNT) >> 2];
  }

  // -------------------------------------------------------------------------------------------------------------
  // Strings.

  /** A zero-terminated string that stays. */
  name(text: string): number {
    let pointer = this.names.get(text);
    if (pointer === undefined) {
      pointer = this.api.malloc(text.length + 1);
      this.write(text, pointer);
      this.bytes[pointer + text.length] = 0;
      this.names.set(text, pointer);
    }
    return pointer;
  }

  private write(text: string, pointer: number): void {
    if (text.length > BY_HAND) {
      this.buffer.write(text, pointer, "latin1");
      return;
    }
    for (let i = 0; i < text.length; i++) this.bytes[pointer + i] = text.charCodeAt(i);
  }

  push(state: number, text: string): void {
    const { api } = this;
    const { length } = text;
    if (length <= SCRATCH) {
      this.write(text, this.scratch);
      api.lua_pushlstring(state, this.scratch, length);
      return;
    }
    const pointer = this.room(state, length);
    this.write(text, pointer);
    api.lua_pushlstring(state, pointer, length);
    api.free(pointer);
  }

  /** Memory for a long string, or Lua's error that there is none. */
  private room(state: number, bytes: number): number {
    const pointer = this.api.malloc(bytes);
    if (pointer === 0) this.fail(state, "not enough memory");
    return pointer;
  }

  /** Compiles; the status of luaL_loadbuffer. */
  load(state: number, code: string, name: string): number {
    const { api } = this;
    // Precompiled code could do anything to the machine; behind a blank it is read as text, which it is not.
    const text = code.charCodeAt(0) === 27 ? ` ${code}` : code;
    const pointer = api.malloc(text.length + 1);
    this.write(text, pointer);
    const status = api.luaL_loadbuffer(state, pointer, text.length, this.name(name));
    api.free(pointer);
    return status;
  }

  /** The string at an index, null when it is neither string nor number; a number there becomes a string. */
  text(state: number, index: number): string | null {
    const pointer = this.api.lua_tolstring(state, index, this.slot);
    return pointer === 0 ? null : this.slice(pointer, this.words[this.slot >> 2]);
  }

  /** An argument that must be a string. */
  checkText(state: number, argument: number): string {
    const pointer = this.api.luaL_checklstring(state, argument, this.slot);
    return this.slice(pointer, this.words[this.slot >> 2]);
  }

  private slice(pointer: number, length: number): string {
    return length === 0 ? "" : this.buffer.toString("latin1", pointer, pointer + length);
  }

  /** The zero-terminated string at a pointer. */
  cString(pointer: number): string {
    return this.slice(pointer, this.bytes.indexOf(0, pointer) - pointer);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Tables.

  /** Sets a field of the table on top to the value on top of it. */
  setField(state: number, field: string): void {
    this.api.lua_setfield(state, -2, this.name(field));
  }

  /** Pushes the field of the table at an index, without metamethods. */
  rawField(state: number, index: number, field: string): void {
    this.push(state, field);
    this.api.lua_rawget(state, index < 0 && index > REGISTRY ? index - 1 : index);
  }

  /** Takes the value on top into the registry. */
  keep(state: number): number {
    return this.api.luaL_ref(state, REGISTRY);
  }

  /** Lets go of what `keep` took. */
  release(ref: number): void {
    this.api.luaL_unref(this.state, REGISTRY, ref);
  }

  /** Pushes what `keep` took. */
  kept(state: number, ref: number): void {
    this.api.lua_rawgeti(state, REGISTRY, ref);
  }

  /** Where functions look for globals while the machine is being set up. */
  readonly globals = GLOBALS;

  /** Puts a function made from the original in its place: "next" or "string.format". Its upvalues stay what they were. */
  replaceFunction(path: string, make: (original: LuaFunction) => LuaFunction): void {
    const { api, state } = this;
    const [first, second] = path.split(".");
    api.lua_getfield(state, GLOBALS, this.name(first));
    if (second !== undefined) api.lua_getfield(state, -1, this.name(second));
    const original = this.entry(api.lua_tocfunction(state, -1));
    const [number] = this.install([make(original)]);
    const upvalues = api.lua_getupvalue(state, -1, 1) === 0 ? 0 : 1;
    api.lua_pushcclosure(state, number, upvalues);
    if (second === undefined) api.lua_setfield(state, GLOBALS, this.name(first));
    else api.lua_setfield(state, -3, this.name(second));
    api.lua_settop(state, 0);
  }

  /** A table of functions on top of the stack. */
  library(state: number, functions: Readonly<Record<string, LuaFunction>>): void {
    const { api } = this;
    const numbers = this.install(Object.values(functions));
    api.lua_createtable(state, 0, numbers.length);
    Object.keys(functions).forEach((field, i) => {
      api.lua_pushcclosure(state, numbers[i], 0);
      this.setField(state, field);
    });
  }

  typeName(state: number, index: number): string {
    return this.cString(this.api.lua_typename(state, this.api.lua_type(state, index)));
  }

  isNil(state: number, index: number): boolean {
    return this.api.lua_type(state, index) <= TYPE.NIL;
  }

  pop(state: number, n = 1): void {
    this.api.lua_settop(state, -n - 1);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Errors. They jump out of the function that raises them.

  /** An error with the position of the Lua code that called. */
  fail(state: number, message: string): never {
    const { api } = this;
    api.luaL_where(state, 1);
    this.push(state, message);
    api.lua_concat(state, 2);
    api.lua_error(state);
    throw unreachable();
  }

  /** An error without a position. */
  failBare(state: number, message: string): never {
    this.push(state, message);
    this.api.lua_error(state);
    throw unreachable();
  }

  argumentError(state: number, argument: number, message: string): never {
    const { api } = this;
    // In a string that Lua owns: what is behind it is never reached.
    this.push(state, `${message}\0`);
    api.luaL_argerror(state, argument, api.lua_tolstring(state, -1, 0));
    throw unreachable();
  }

  /** An integer argument as C code reads it: cut to 32 bits after conversion to 64. */
  checkInt(state: number, argument: number): number {
    return toInt(this.api.luaL_checknumber(state, argument));
  }

  upvalue(n: number): number {
    return FIRST_UPVALUE - n + 1;
  }
}

function unreachable(): Error {
  return new Error("Lua did not raise the error");
}

/** A double as an int: through 64 bits, as the reference platform converts. */
export function toInt(value: number): number {
  if (Math.abs(value) < 2 ** 31) return Math.trunc(value);
  if (!(Math.abs(value) < 2 ** 63)) return 0;
  return Number(BigInt.asIntN(32, BigInt(Math.trunc(value))));
}
