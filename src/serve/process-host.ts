// What the process around a served engine does for it: files, settings that live outside the engine, and its own end.

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { arch, release, totalmem, type } from "node:os";
import { resolve } from "node:path";
import type { Host, MigrationRequest, ProcessFacts, ShutdownRequest } from "../engine/host.ts";
import type { Refusal } from "../engine/parameters.ts";
import { sendKeys } from "./migrate.ts";
import type { Server } from "./server.ts";
import type { Shutdown } from "./shutdown.ts";

export interface ProcessHostOptions {
  readonly server: Server;
  readonly configFile: string;
  readonly shutdown: Shutdown;
  /** Turns the append-only file on or off. */
  readonly setAppendOnly: (on: boolean) => void;
}

export class ProcessHost implements Host {
  readonly configFile: string;

  constructor(private readonly options: ProcessHostOptions) {
    this.configFile = options.configFile === "" ? "" : resolve(options.configFile);
  }

  log(line: string): void {
    this.options.server.log(line);
  }

  readFile(path: string): string {
    return readFileSync(path, "latin1");
  }

  writeFile(path: string, bytes: string): void {
    const beside = `${path}.${process.pid}.tmp`;
    writeFileSync(beside, bytes, "latin1");
    renameSync(beside, path);
  }

  facts(): ProcessFacts {
    const { user, system } = process.cpuUsage();
    return {
      os: `${type()} ${release()} ${arch() === "x64" ? "x86_64" : arch()}`,
      pid: process.pid,
      executable: resolve(process.argv[1] ?? process.execPath),
      residentBytes: process.memoryUsage.rss(),
      totalMemory: totalmem(),
      userSeconds: user / 1e6,
      systemSeconds: system / 1e6,
    };
  }

  apply(changed: ReadonlyMap<string, string>): Refusal | null {
    const appendOnly = changed.get("appendonly");
    if (appendOnly !== undefined) this.options.setAppendOnly(appendOnly === "yes");
    return this.options.server.applySettings(changed);
  }

  shutdown(request: ShutdownRequest, by: string): boolean {
    return this.options.shutdown.begin(request, by);
  }

  get shuttingDown(): boolean {
    return this.options.shutdown.pending;
  }

  migrate(request: MigrationRequest, done: (arrived: readonly string[], problem: string | null) => void): void {
    sendKeys(request, done);
  }

  abortShutdown(): boolean {
    return this.options.shutdown.abort();
  }
}
