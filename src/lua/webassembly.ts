// The part of WebAssembly that is used here: the compiler's library for Node does not describe it.

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export interface WasmTable {
  readonly length: number;
  get(index: number): (...args: number[]) => number;
  set(index: number, value: unknown): void;
  grow(entries: number): number;
}

export interface WasmModule {
  readonly kind?: "module";
}

export type WasmImports = Record<string, Record<string, unknown>>;

interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface Wasm {
  readonly Module: {
    new (bytes: Uint8Array): WasmModule;
    imports(module: WasmModule): readonly { readonly module: string; readonly name: string }[];
  };
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
}

export const Wasm = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;
