// The server's replies as Lua values: what redis.call returns.

import { textOf, VirtualBytes } from "../engine/bytes.ts";
import {
  BigNumber,
  Double,
  ErrorReply,
  MapReply,
  NullArrayReply,
  Push,
  type Reply,
  SetReply,
  Several,
  Status,
  Verbatim,
  WithAttributes,
} from "../engine/reply.ts";
import type { LuaVm } from "./vm.ts";

/** Slots that one level of a reply takes at most. */
const SLOTS = 5;

/** An error as a table. The code is the first word of a text behind a "-"; other texts get the general one. */
export function pushError(vm: LuaVm, state: number, text: string): void {
  let message = text;
  let code = "ERR";
  if (text.startsWith("-")) {
    const space = text.indexOf(" ");
    message = text.slice(space === -1 ? 1 : space + 1);
    if (space !== -1) code = text.slice(1, space);
  }
  const trimmed = message.replace(/^[\r\n]+|[\r\n]+$/gu, "");
  vm.api.lua_createtable(state, 0, 4);
  vm.push(state, upToZero(`${code} ${trimmed}`));
  vm.setField(state, "err");
}

/** As much of a text as a C string holds. */
export function upToZero(text: string): string {
  const zero = text.indexOf("\0");
  return zero === -1 ? text : text.slice(0, zero);
}

/** An error that the server has counted already. */
export function pushCountedError(vm: LuaVm, state: number, text: string): void {
  pushError(vm, state, text);
  vm.api.lua_pushboolean(state, 1);
  vm.setField(state, "ignore_error_stats_update");
}

function pushTagged(vm: LuaVm, state: number, tag: string, text: string): void {
  vm.api.lua_createtable(state, 0, 1);
  vm.push(state, text);
  vm.setField(state, tag);
}

/** Pushes a reply as a script sees it that speaks this version of the protocol. */
export function pushReply(vm: LuaVm, state: number, reply: Reply, resp: 2 | 3): void {
  const { api } = vm;
  if (typeof reply === "string") vm.push(state, reply);
  else if (typeof reply === "number") api.lua_pushnumber(state, reply);
  else if (reply === null || reply instanceof NullArrayReply) {
    if (resp === 3) api.lua_pushnil(state);
    else api.lua_pushboolean(state, 0);
  } else if (typeof reply === "bigint") api.lua_pushnumber(state, Number(reply));
  else if (typeof reply === "boolean") {
    if (resp === 3) api.lua_pushboolean(state, reply ? 1 : 0);
    else api.lua_pushnumber(state, reply ? 1 : 0);
  } else pushComposed(vm, state, reply, resp);
}

function pushComposed(vm: LuaVm, state: number, reply: Exclude<Reply, string | null>, resp: 2 | 3): void {
  const { api } = vm;
  if (api.lua_checkstack(state, SLOTS) === 0) vm.failBare(state, "stack overflow");
  if (reply instanceof Status) pushTagged(vm, state, "ok", reply.text);
  else if (reply instanceof ErrorReply) pushCountedError(vm, state, `-${reply.text}`);
  else if (reply instanceof VirtualBytes) vm.push(state, textOf(reply));
  else if (reply instanceof Double) {
    if (resp === 2) return vm.push(state, reply.text);
    api.lua_createtable(state, 0, 1);
    api.lua_pushnumber(state, reply.value);
    vm.setField(state, "double");
  } else if (reply instanceof BigNumber) {
    if (resp === 2) vm.push(state, reply.digits);
    else pushTagged(vm, state, "big_number", reply.digits);
  } else if (reply instanceof Verbatim) {
    if (resp === 2) return vm.push(state, reply.text);
    api.lua_createtable(state, 0, 1);
    api.lua_createtable(state, 0, 2);
    vm.push(state, reply.text);
    vm.setField(state, "string");
    vm.push(state, reply.format);
    vm.setField(state, "format");
    vm.setField(state, "verbatim_string");
  } else if (reply instanceof MapReply && resp === 3) pushMap(vm, state, reply.items);
  else if (reply instanceof SetReply && resp === 3) pushSet(vm, state, reply.items);
  else if (reply instanceof WithAttributes) pushReply(vm, state, reply.reply, resp);
  else if (reply instanceof Several) pushReply(vm, state, reply.replies[0] ?? null, resp);
  else if (reply instanceof MapReply || reply instanceof SetReply || reply instanceof Push) {
    pushArray(vm, state, reply.items, resp);
  } else if (Array.isArray(reply)) pushArray(vm, state, reply as readonly Reply[], resp);
  else api.lua_pushnil(state);
}

function pushArray(vm: LuaVm, state: number, items: readonly Reply[], resp: 2 | 3): void {
  const { api } = vm;
  // With RESP3 there may be holes; what # says then depends on whether the room was made before.
  api.lua_createtable(state, resp === 2 ? items.length : 0, 0);
  for (let i = 0; i < items.length; i++) {
    pushReply(vm, state, items[i], resp);
    api.lua_rawseti(state, -2, i + 1);
  }
}

function pushMap(vm: LuaVm, state: number, items: readonly Reply[]): void {
  const { api } = vm;
  api.lua_createtable(state, 0, 1);
  api.lua_createtable(state, 0, 0);
  for (let i = 0; i + 1 < items.length; i += 2) {
    pushReply(vm, state, items[i], 3);
    pushReply(vm, state, items[i + 1], 3);
    api.lua_settable(state, -3);
  }
  vm.setField(state, "map");
}

function pushSet(vm: LuaVm, state: number, items: readonly Reply[]): void {
  const { api } = vm;
  api.lua_createtable(state, 0, 1);
  api.lua_createtable(state, 0, 0);
  for (const item of items) {
    pushReply(vm, state, item, 3);
    api.lua_pushboolean(state, 1);
    api.lua_settable(state, -3);
  }
  vm.setField(state, "set");
}
