// Lua values as replies: what a script returns. Without recursion: a script may return a table that holds itself, and gets
// as many levels as Lua's stack has.

import {
  BigNumber,
  CountedError,
  type Double,
  ErrorReply,
  MapReply,
  type Reply,
  SetReply,
  Status,
  Verbatim,
} from "../engine/reply.ts";
import { TYPE } from "./api.ts";
import { toInt64 } from "./numbers.ts";
import { upToZero } from "./replies-in.ts";
import type { LuaVm } from "./vm.ts";

const SLOTS = 4;
const STACK_LIMIT = new ErrorReply("ERR reached lua stack limit");

/** A reply of several parts in the making. Its table lies on Lua's stack, a map's and a set's with the key behind it. */
interface Open {
  readonly kind: "array" | "map" | "set";
  readonly items: Reply[];
  /** A map's value comes next, its key has gone. */
  valueNext: boolean;
}

export interface OutOptions {
  /** The version that the script speaks. */
  readonly resp: 2 | 3;
  /** How a double is shown where that is not the usual way. */
  readonly double: (value: number) => Double;
}

/** A line of a reply: line breaks in it are shown as blanks. */
function line(text: string): string {
  return text.replace(/[\r\n]/gu, " ");
}

/** What an error table says: message, place and whether it is counted; the table stays. */
export interface ErrorFacts {
  readonly message: string | null;
  readonly source: string | null;
  readonly line: string | null;
  readonly counted: boolean;
}

export function errorFacts(vm: LuaVm, state: number): ErrorFacts {
  const { api } = vm;
  const field = (name: string): string | null => {
    vm.rawField(state, -1, name);
    const text = vm.text(state, -1);
    vm.pop(state);
    return text === null ? null : upToZero(text);
  };
  vm.rawField(state, -1, "ignore_error_stats_update");
  const counted = api.lua_toboolean(state, -1) !== 0;
  vm.pop(state);
  return { message: field("err"), source: field("source"), line: field("line"), counted };
}

export function errorReply(text: string, counted: boolean): ErrorReply {
  const shown = line(text.replace(/[\r\n]+$/u, ""));
  return counted ? new CountedError(shown) : new ErrorReply(shown);
}

export function integerReply(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return value;
  const whole = Math.trunc(value);
  return Number.isSafeInteger(whole) ? whole : toInt64(value);
}

class Converter {
  private readonly open: Open[] = [];

  constructor(
    private readonly vm: LuaVm,
    private readonly state: number,
    private readonly options: OutOptions,
  ) {}

  /** Converts the value on top and takes it away. */
  run(): Reply {
    while (true) {
      let done = this.take();
      do {
        const parent = this.open.at(-1);
        if (done !== undefined) {
          if (parent === undefined) return done;
          parent.items.push(done);
        }
        done = this.advance(parent!);
      } while (done !== undefined);
    }
  }

  /** Brings the next value of a part to the top; when there is none, closes the part and returns it. */
  private advance(part: Open): Reply | undefined {
    const { vm, state } = this;
    const { api } = vm;
    if (part.kind === "array") {
      api.lua_rawgeti(state, -1, part.items.length + 1);
      if (!vm.isNil(state, -1)) return undefined;
      vm.pop(state, 2);
      this.open.pop();
      return part.items;
    }
    if (part.valueNext) {
      part.valueNext = false;
      return undefined;
    }
    if (api.lua_next(state, -2) !== 0) {
      if (part.kind === "set") {
        vm.pop(state);
        api.lua_pushvalue(state, -1);
      } else {
        api.lua_pushvalue(state, -2);
        part.valueNext = true;
      }
      return undefined;
    }
    // The inner table, and the one around it.
    vm.pop(state, 2);
    this.open.pop();
    return part.kind === "map" ? new MapReply(part.items) : new SetReply(part.items);
  }

  /** Takes the value on top; undefined when it has parts: it stays there, open. */
  private take(): Reply | undefined {
    const { vm, state, options } = this;
    const { api } = vm;
    const type = api.lua_type(state, -1);
    if (type === TYPE.TABLE) return this.table();
    let reply: Reply = null;
    if (api.lua_checkstack(state, SLOTS) === 0) reply = STACK_LIMIT;
    else if (type === TYPE.STRING) reply = vm.text(state, -1);
    else if (type === TYPE.NUMBER) reply = integerReply(api.lua_tonumber(state, -1));
    else if (type === TYPE.BOOLEAN) {
      const value = api.lua_toboolean(state, -1) !== 0;
      reply = options.resp === 3 ? value : value ? 1 : null;
    }
    vm.pop(state);
    return reply;
  }

  private table(): Reply | undefined {
    const { vm, state, options } = this;
    const { api } = vm;
    const taken = (reply: Reply): Reply => {
      vm.pop(state);
      return reply;
    };
    if (api.lua_checkstack(state, SLOTS) === 0) return taken(STACK_LIMIT);
    if (this.hasField("err", TYPE.STRING)) {
      const { message, counted } = errorFacts(vm, state);
      return taken(errorReply(message!, counted));
    }
    const status = this.textField("ok");
    if (status !== null) return taken(new Status(line(upToZero(status))));
    vm.rawField(state, -1, "double");
    const isDouble = api.lua_type(state, -1) === TYPE.NUMBER;
    const double = api.lua_tonumber(state, -1);
    vm.pop(state);
    if (isDouble) return taken(options.double(double));
    const digits = this.textField("big_number");
    if (digits !== null) return taken(new BigNumber(line(digits)));
    const verbatim = this.verbatim();
    if (verbatim !== null) return taken(verbatim);
    for (const kind of ["map", "set"] as const) {
      if (!this.hasField(kind, TYPE.TABLE)) continue;
      vm.rawField(state, -1, kind);
      api.lua_pushnil(state);
      this.open.push({ kind, items: [], valueNext: false });
      return undefined;
    }
    this.open.push({ kind: "array", items: [], valueNext: false });
    return undefined;
  }

  private hasField(name: string, type: number): boolean {
    const { vm, state } = this;
    vm.rawField(state, -1, name);
    const found = vm.api.lua_type(state, -1) === type;
    vm.pop(state);
    return found;
  }

  /** A field of the table on top that is a string; null when it is none. */
  private textField(name: string): string | null {
    const { vm, state } = this;
    vm.rawField(state, -1, name);
    const text = vm.api.lua_type(state, -1) === TYPE.STRING ? vm.text(state, -1) : null;
    vm.pop(state);
    return text;
  }

  private verbatim(): Verbatim | null {
    const { vm, state } = this;
    vm.rawField(state, -1, "verbatim_string");
    let reply: Verbatim | null = null;
    if (vm.api.lua_type(state, -1) === TYPE.TABLE) {
      const format = this.textField("format");
      const text = this.textField("string");
      if (format !== null && text !== null) reply = new Verbatim(text, upToZero(format).slice(0, 3).padEnd(3));
    }
    vm.pop(state);
    return reply;
  }
}

/** Converts the value on top of the stack and takes it away. */
export function popReply(vm: LuaVm, state: number, options: OutOptions): Reply {
  return new Converter(vm, state, options).run();
}
