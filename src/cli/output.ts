// Where output goes. Results go to stdout, everything else to stderr. Files appear whole or not at all: they are written
// beside their place and moved there.

import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describeSystemError } from "../scenarios/yaml-file.ts";
import { CliError, EXIT } from "./exit.ts";

/** Writes a file atomically; "-" is standard output. Folders on the way are made. */
export function writeOutput(file: string, text: string): void {
  if (file === "-") {
    process.stdout.write(text);
    return;
  }
  const beside = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
      throw Object.assign(new Error(), { code: "EISDIR" });
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new CliError(`${file}: ${describeSystemError(error)}`, EXIT.invalid);
  }
}

/** Fails before hours of simulation if a file could not be written at its end. */
export function checkWritable(file: string | undefined): void {
  if (file === undefined || file === "-") return;
  const beside = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
      throw Object.assign(new Error(), { code: "EISDIR" });
    writeFileSync(beside, "");
    rmSync(beside);
  } catch (error) {
    throw new CliError(`${file}: ${describeSystemError(error)}`, EXIT.invalid);
  }
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export type ColorMode = "auto" | "always" | "never";

/** Whether to colour what goes to a stream: NO_COLOR and TERM=dumb win over a terminal, --color over both. */
export function useColor(mode: ColorMode, stream: NodeJS.WriteStream): boolean {
  if (mode !== "auto") return mode === "always";
  if ((process.env.NO_COLOR ?? "") !== "" || process.env.TERM === "dumb") return false;
  return stream.isTTY === true;
}
