// What the engine asks of a machine that runs Lua, and what such a machine asks of the engine. The machine itself lives
// outside (src/lua): it is given once, before scripts are run, and makes one instance per engine when the first one comes.

import type { Reply } from "../reply.ts";

/** The server as scripts see it. */
export interface ScriptServer {
  readonly product: "valkey" | "redis";
  /** The table server, os.clock, the words of errors since 8.0. */
  readonly since80: boolean;
  /** The engine's own version, and the one that it claims to be compatible with. */
  readonly version: string;
  readonly redisVersion: string;
  /** Doubles are shown by the shortest text that reads back the same. */
  readonly shortDoubles: boolean;
  /** The version of the protocol in which the running script gets replies. */
  resp: 2 | 3;
  /** redis.call: a reply, or the error that refused the call. */
  call(argv: readonly string[]): Reply;
  /** Whether the caller may run such a call; null when there is no such command. */
  mayCall(argv: readonly string[]): boolean | null;
  /** Who gets the effects of what follows. */
  replicateTo(targets: number): void;
  /** A line for the server's log. */
  log(level: number, text: string): void;
  /** Called every so many instructions of a script: true when it is to be ended. */
  interrupted(): boolean;
  /** The same while a library is being loaded. */
  loadTimedOut(): boolean;
  /** CPU seconds, for os.clock. */
  cpuSeconds(): number;
  /** The server's random numbers: 31 bits. */
  random(): number;
  seedRandom(seed: number): void;
}

/** Between two calls of `interrupted`. */
export const INSTRUCTIONS_PER_TURN = 100_000;

export interface ScriptCall {
  readonly name: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

interface Machine {
  /** Bytes that Lua has in use beyond those of a fresh machine. */
  readonly addedMemory: number;
  /** Instructions since the machine was made. */
  readonly instructions: number;
}

/** Runs the scripts of EVAL. */
export interface ScriptMachine extends Machine {
  /** Compiles a script under its name; the compiler's error, or null. */
  define(name: string, code: string): string | null;
  /** Whether it is compiled. It may be gone after a script that broke the machine. */
  has(name: string): boolean;
  forget(name: string): void;
  run(call: ScriptCall): Reply;
}

/** A function that a library's code registers. */
export interface Registration {
  readonly name: string;
  readonly description: string | null;
  readonly flags: number;
  /** By which the machine knows it. */
  readonly ref: number;
}

/** Runs libraries of functions. */
export interface LibraryMachine extends Machine {
  /** Runs a library's code, which registers functions; its error, or null. `register` says why one is refused, or null. */
  load(code: string, register: (one: Registration) => string | null): string | null;
  run(ref: number, call: ScriptCall): Reply;
  release(ref: number): void;
}

export interface MachineFactory {
  scripts(server: ScriptServer): ScriptMachine;
  /** `lost`: a library broke the machine, and all have to be loaded again. */
  libraries(server: ScriptServer, lost: () => void): LibraryMachine;
}

let factory: MachineFactory | null = null;

/** Gives the machine; for the outermost layers, at their start. */
export function provideMachines(machines: MachineFactory): void {
  factory = machines;
}

export function machines(): MachineFactory {
  if (factory === null) throw new Error("a script was run and no Lua was provided");
  return factory;
}
