// What the process around an engine does for it: files, listening, what belongs to the operating system. In the simulated
// world there is none, and commands that need one say so.

import type { Refusal } from "./parameters.ts";

export interface Host {
  /** The configuration file's path; "" when the server was started without one. */
  readonly configFile: string;
  /** A file's bytes. Throws an Error with the operating system's words. */
  readFile(path: string): string;
  /** Replaces a file as a whole. Throws likewise. */
  writeFile(path: string, bytes: string): void;
  /** Writes a line to the server's log. */
  log(line: string): void;
  /** What INFO tells of the process. */
  facts(): ProcessFacts;
  /** Makes changed parameters hold outside the engine (ports, directory); why that failed, or null. */
  apply(changed: ReadonlyMap<string, string>): Refusal | null;
  /** Ends the process, at once or after a while; false when it may not (the save failed and nobody insists). */
  shutdown(request: ShutdownRequest, by: string): boolean;
  /** Whether a shutdown is still under way. */
  readonly shuttingDown: boolean;
  /** Takes back a shutdown that still waits for replicas; false when there is none. */
  abortShutdown(): boolean;
  /** Sends keys to another server; calls back once, with those that arrived and an error's text, or null. */
  migrate(request: MigrationRequest, done: (arrived: readonly string[], problem: string | null) => void): void;
}

export interface ShutdownRequest {
  /** Null: as configured. */
  readonly save: boolean | null;
  /** Even when saving fails. */
  readonly force: boolean;
  /** Without waiting for replicas. */
  readonly now: boolean;
}

/** Keys on their way to another server. */
export interface MigrationRequest {
  /** The slot is on its way there: the target has to be asked. */
  readonly asking: boolean;
  readonly host: string;
  readonly port: string;
  readonly database: number;
  readonly timeoutMs: number;
  readonly replace: boolean;
  /** Password, or user and password; empty without. */
  readonly auth: readonly string[];
  readonly keys: readonly { readonly key: string; readonly ttlMs: number; readonly payload: string }[];
}

/** The process as the operating system sees it. */
export interface ProcessFacts {
  readonly os: string;
  readonly pid: number;
  readonly executable: string;
  readonly residentBytes: number;
  readonly totalMemory: number;
  /** Seconds of processor time. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
}
