// Libraries of functions: loading, replacing, listing, dumps. A library is its code; loading runs it, and it registers its
// functions. All of a change happens or nothing.

import type { Engine } from "../engine.ts";
import { globMatch } from "../glob.ts";
import type { FunctionSource } from "../persistence.ts";
import { libraryHead } from "./flags.ts";
import type { LibraryMachine, Registration } from "./machine.ts";

export interface Library {
  readonly name: string;
  readonly code: string;
  /** By name, in the order of registration. */
  readonly functions: ReadonlyMap<string, LibraryFunction>;
}

export interface LibraryFunction extends Registration {
  readonly library: string;
}

export type RestorePolicy = "append" | "replace" | "flush";

const BAD_NAME =
  "Library names can only contain letters, numbers, or underscores(_) and must be at least one character long";
const NAME = /^\w+$/u;

export class Libraries implements FunctionSource {
  private libraries = new Map<string, Library>();
  /** Functions of all libraries by name in lower case: FCALL takes any case. */
  private functions = new Map<string, LibraryFunction>();

  constructor(
    private readonly engine: Engine,
    private readonly machine: () => LibraryMachine,
  ) {}

  get libraryCount(): number {
    return this.libraries.size;
  }

  get functionCount(): number {
    return this.functions.size;
  }

  function(name: string): LibraryFunction | undefined {
    return this.functions.size === 0 ? undefined : this.functions.get(name.toLowerCase());
  }

  list(pattern: string | null): Library[] {
    const all = [...this.libraries.values()];
    return pattern === null ? all : all.filter(({ name }) => globMatch(pattern.toLowerCase(), name.toLowerCase()));
  }

  /** Bytes that INFO counts as used_memory_functions beyond those of a server without any. */
  get bytes(): number {
    const { sizeClass } = this.engine;
    let bytes = 0;
    for (const { name, code, functions } of this.libraries.values()) {
      bytes += sizeClass(LIBRARY_BYTES) + sizeClass(name.length + 2) + sizeClass(code.length + 10);
      for (const one of functions.values()) {
        bytes += sizeClass(FUNCTION_BYTES) + sizeClass(one.name.length + 2) + sizeClass(REF_BYTES);
        bytes += one.description === null ? 0 : sizeClass(one.description.length + 2);
        bytes += TABLE_ENTRY_BYTES;
      }
    }
    return bytes;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Changes. Each returns what is wrong, or null.

  /** FUNCTION LOAD: the library's name, or what is wrong. */
  add(text: string, replace: boolean): { readonly name: string } | string {
    const head = libraryHead(text);
    if (typeof head === "string") return head;
    if (!NAME.test(head.name)) return BAD_NAME;
    if (head.engine.toLowerCase() !== "lua") return `Engine '${head.engine}' not found`;
    const old = this.libraries.get(head.name);
    if (old !== undefined && !replace) return `Library '${head.name}' already exists`;
    const library = this.compile(head.name, text, head.code);
    if (typeof library === "string") return library;
    const taken = [...library.functions.values()].find(({ name }) => {
      const other = this.function(name);
      return other !== undefined && other.library !== head.name;
    });
    if (taken !== undefined) {
      this.release(library);
      return `Function ${taken.name} already exists`;
    }
    if (old !== undefined) {
      this.unlink(old);
      this.release(old);
    }
    this.link(library);
    return { name: head.name };
  }

  private compile(name: string, text: string, code: string): Library | string {
    const functions = new Map<string, LibraryFunction>();
    const library: Library = { name, code: text, functions };
    const problem = this.machine().load(code, one => {
      if (!NAME.test(one.name)) return BAD_NAME;
      if (functions.has(one.name)) return "Function already exists in the library";
      functions.set(one.name, { ...one, library: name });
      return null;
    });
    if (problem === null && functions.size > 0) return library;
    this.release(library);
    return problem ?? "No functions registered";
  }

  private link(library: Library): void {
    this.libraries.set(library.name, library);
    for (const one of library.functions.values()) this.functions.set(one.name.toLowerCase(), one);
  }

  private unlink(library: Library): void {
    this.libraries.delete(library.name);
    for (const one of library.functions.values()) this.functions.delete(one.name.toLowerCase());
  }

  private release(library: Library): void {
    for (const { ref } of library.functions.values()) this.machine().release(ref);
  }

  delete(name: string): boolean {
    const library = this.libraries.get(name);
    if (library === undefined) return false;
    this.unlink(library);
    this.release(library);
    return true;
  }

  clear(): void {
    for (const library of [...this.libraries.values()]) this.delete(library.name);
  }

  /** FUNCTION RESTORE: puts libraries of these codes beside those that are there. */
  restore(codes: readonly string[], policy: RestorePolicy): string | null {
    // They are loaded beside the present ones first: what fails leaves no trace.
    const fresh = new Libraries(this.engine, this.machine);
    for (const code of codes) {
      const problem = fresh.load(code, false);
      if (problem !== null) {
        fresh.clear();
        return problem;
      }
    }
    const problem = policy === "flush" ? null : this.collision(fresh, policy === "replace");
    if (problem !== null) {
      fresh.clear();
      return problem;
    }
    if (policy === "flush") this.clear();
    for (const library of fresh.libraries.values()) {
      this.delete(library.name);
      this.link(library);
    }
    return null;
  }

  private collision(fresh: Libraries, replace: boolean): string | null {
    for (const name of fresh.libraries.keys()) {
      if (!replace && this.libraries.has(name)) return `Library ${name} already exists`;
    }
    for (const { name } of fresh.functions.values()) {
      const other = this.function(name);
      if (other !== undefined && !fresh.libraries.has(other.library)) return `Function ${name} already exists`;
    }
    return null;
  }

  // -------------------------------------------------------------------------------------------------------------
  // For snapshots.

  *sources(): Iterable<string> {
    for (const { code } of this.libraries.values()) yield code;
  }

  load(code: string, replace: boolean): string | null {
    const added = this.add(code, replace);
    return typeof added === "string" ? added : null;
  }

  /** The machine has lost its state: every library is loaded again from its code. */
  reload(): void {
    const codes = [...this.sources()];
    this.libraries = new Map();
    this.functions = new Map();
    for (const code of codes) this.load(code, true);
  }
}

/** The records of libraries and functions. */
const LIBRARY_BYTES = 32;
const FUNCTION_BYTES = 40;
const REF_BYTES = 4;
const TABLE_ENTRY_BYTES = 24;
