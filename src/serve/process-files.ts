// Files that a process keeps for those who run it: its log and its process id.

import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import type { Engine } from "../engine/engine.ts";
import { ConfigError } from "./config-file.ts";

export type Log = (line: string) => void;

/** Where the log goes: to its file when one is configured, else to `show`. Throws ConfigError when it cannot be written. */
export function openLog(engine: Engine, show: Log): Log {
  const file = engine.parameters.text("logfile");
  if (file === "") return show;
  const append = (text: string) => appendFileSync(file, text);
  try {
    append("");
  } catch (error) {
    throw new ConfigError(`logfile: ${(error as Error).message}`);
  }
  return line => append(`${line}\n`);
}

/** Writes the process id when a file is asked for; returns what takes it away again. The server runs without it too. */
export function writePidFile(file: string, log: Log): () => void {
  if (file === "") return () => undefined;
  try {
    writeFileSync(file, `${process.pid}\n`);
  } catch (error) {
    log(`Failed to write PID file: ${(error as Error).message}`);
  }
  return () => rmSync(file, { force: true });
}
