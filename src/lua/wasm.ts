// PUC Lua 5.1 as WebAssembly, from the package wasmoon-lua5.1. Only its binary is used: the few things that it asks of its
// surroundings are given here, so that it starts at once, without promises, and reaches neither files nor clocks.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { LuaApi } from "./api.ts";
import { Wasm, type WasmImports, type WasmModule } from "./webassembly.ts";

let compiled: WasmModule | null = null;

/** Compiled once; instances share the code. */
function moduleOf(): WasmModule {
  if (compiled === null) {
    const path = createRequire(import.meta.url).resolve("wasmoon-lua5.1/dist/liblua5.1.wasm");
    compiled = new Wasm.Module(readFileSync(path));
  }
  return compiled;
}

/** A script may fill this much; beyond, Lua says that memory is out. */
const MAX_BYTES = 1 << 30;
const PAGE = 65_536;
const GROWTH = 1.25;

/** What the emulated longjmp throws; everything else that is thrown is a fault of ours or of the machine. */
const JUMP = Number.POSITIVE_INFINITY;

/** The machine is no longer to be used. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** A fresh instance; `grown` is called whenever its memory has moved. */
export function instantiate(grown: () => void): LuaApi {
  let api: LuaApi;
  const table = () => api.__indirect_function_table;
  const zeroes = (...pointers: number[]): number => {
    const words = new Int32Array(api.memory.buffer);
    for (const pointer of pointers) words[pointer >> 2] = 0;
    return 0;
  };
  const own: Readonly<Record<string, (...args: number[]) => number | undefined>> = {
    // Calls a function from which an error may jump out: pcall and the parser come through here.
    invoke_vii(fn, a, b) {
      const stack = api.stackSave();
      try {
        table().get(fn)(a, b);
      } catch (thrown) {
        api.stackRestore(stack);
        if (thrown !== JUMP) throw thrown;
        api.setThrew(1, 0);
      }
      return undefined;
    },
    _emscripten_throw_longjmp() {
      throw JUMP;
    },
    emscripten_memcpy_js(to, from, bytes) {
      new Uint8Array(api.memory.buffer).copyWithin(to, from, from + bytes);
      return undefined;
    },
    emscripten_resize_heap(asked) {
      const wanted = asked >>> 0;
      if (wanted > MAX_BYTES) return 0;
      const { byteLength } = api.memory.buffer;
      const target = Math.min(MAX_BYTES, Math.max(wanted, byteLength * GROWTH));
      try {
        api.memory.grow(Math.ceil((target - byteLength) / PAGE));
      } catch {
        return 0;
      }
      grown();
      return 1;
    },
    environ_sizes_get: zeroes,
    environ_get: () => 0,
    // An error outside every pcall ends the process; here it ends the machine.
    exit() {
      throw new Broken("Lua gave up");
    },
  };
  const imports: WasmImports = {};
  for (const { module, name } of Wasm.Module.imports(moduleOf())) {
    imports[module] ??= {};
    imports[module][name] =
      own[name] ??
      (() => {
        throw new Broken(`Lua asked for ${name}`);
      });
  }
  api = new Wasm.Instance(moduleOf(), imports).exports as unknown as LuaApi;
  api.emscripten_stack_init();
  api.__wasm_call_ctors();
  return api;
}
