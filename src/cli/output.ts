// Where output goes. Results go to stdout, everything else to stderr. Files appear whole or not at all: they are written
// beside their place and moved there. Links are followed, and devices and pipes written to: neither is replaced.

import { mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describeSystemError } from "../scenarios/yaml-file.ts";
import { CliError, EXIT } from "./exit.ts";

/** Writes a file atomically; "-" is standard output. Folders on the way are made. */
export function writeOutput(file: string, text: string | Uint8Array): void {
  if (file === "-") process.stdout.write(text);
  else toPlace(file, text);
}

/** Fails before hours of simulation if a file could not be written at its end. */
export function checkWritable(file: string | undefined): void {
  if (file !== undefined && file !== "-") toPlace(file, null);
}

/** Refuses several documents on one standard output, where nobody could tell them apart. */
export function oneToStdout(files: Readonly<Record<string, string | undefined>>): void {
  const there = Object.keys(files).filter(option => files[option] === "-");
  if (there.length < 2) return;
  const options = there.map(option => `--${option}`).join(" and ");
  throw new CliError(`${options} cannot both go to standard output`, EXIT.usage);
}

/** Writes the text, or with null only tries whether it could be. */
function toPlace(file: string, text: string | Uint8Array | null): void {
  if (file === "") throw new CliError("an output file needs a name", EXIT.usage);
  let beside: string | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) throw Object.assign(new Error(), { code: "EISDIR" });
    if (there !== undefined && !there.isFile()) {
      if (text !== null) writeFileSync(file, text);
      return;
    }
    const place = there === undefined ? file : realpathSync(file);
    beside = `${place}.${process.pid}.tmp`;
    writeFileSync(beside, text ?? "");
    if (text !== null) renameSync(beside, place);
  } catch (error) {
    throw new CliError(`${file}: cannot be written: ${describeSystemError(error)}`, EXIT.invalid);
  } finally {
    if (beside !== undefined) rmSync(beside, { force: true });
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
