// The list of the files that make up an append-only file since Redis 7: one base (a snapshot, or calls), the increments
// since, and history that may be deleted. The functions here say which files there should be; whoever has a disk makes it so.

import { quoteWord, splitWords } from "../words.ts";

export interface AofFile {
  readonly name: string;
  readonly sequence: number;
}

export interface AofManifest {
  readonly base: AofFile | null;
  readonly increments: readonly AofFile[];
  /** Replaced by a later base. */
  readonly history: readonly AofFile[];
  /** The highest numbers given out. */
  readonly baseSequence: number;
  readonly incrementSequence: number;
}

export const EMPTY_MANIFEST: AofManifest = {
  base: null,
  increments: [],
  history: [],
  baseSequence: 0,
  incrementSequence: 0,
};

export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

const MAX_LINE = 1_024;
const BAD_FORMAT = "Invalid AOF manifest file format";

// ---------------------------------------------------------------------------------------------------------------------
// Text.

function quoteIfNeeded(name: string): string {
  return name === "" || /[\s"'\\]|[^\x20-\x7e]/u.test(name) ? quoteWord(name) : name;
}

function readLine(line: string): { file: AofFile; type: string } {
  const words = splitWords(line.trim());
  if (words === null || words.length < 6 || words.length % 2 === 1) throw new ManifestError(BAD_FORMAT);
  let name = "";
  let sequence = 0;
  let type = "";
  for (let i = 0; i < words.length; i += 2) {
    const value = words[i + 1];
    switch (words[i].toLowerCase()) {
      case "file":
        if (value.includes("/") || value.includes("\\")) {
          throw new ManifestError("File can't be a path, just a filename");
        }
        name = value;
        break;
      case "seq":
        sequence = Number.parseInt(value, 10) || 0;
        break;
      case "type":
        type = value.slice(0, 1);
        break;
    }
  }
  if (name === "" || sequence === 0 || type === "") throw new ManifestError(BAD_FORMAT);
  return { file: { name, sequence }, type };
}

/** Throws ManifestError with the server's words. */
export function parseManifest(text: string): AofManifest {
  if (text === "") throw new ManifestError("Found an empty AOF manifest");
  let base: AofFile | null = null;
  const increments: AofFile[] = [];
  const history: AofFile[] = [];
  const lines = text.split("\n");
  const unfinished = lines.pop()!;
  if (unfinished !== "") lines.push(unfinished);
  for (const [i, line] of lines.entries()) {
    if (line.startsWith("#")) continue;
    if (line.length >= MAX_LINE || (unfinished !== "" && i === lines.length - 1)) {
      throw new ManifestError("The AOF manifest file contains too long line");
    }
    const { file, type } = readLine(line);
    if (type === "b") {
      if (base !== null) throw new ManifestError("Found duplicate base file information");
      base = file;
    } else if (type === "h") {
      history.push(file);
    } else if (type === "i") {
      if (file.sequence <= (increments.at(-1)?.sequence ?? 0)) {
        throw new ManifestError("Found a non-monotonic sequence number");
      }
      increments.push(file);
    } else throw new ManifestError("Unknown AOF file type");
  }
  return {
    base,
    increments,
    history,
    baseSequence: base?.sequence ?? 0,
    incrementSequence: increments.at(-1)?.sequence ?? 0,
  };
}

export function formatManifest({ base, history, increments }: AofManifest): string {
  const line = (type: string) => (file: AofFile) =>
    `file ${quoteIfNeeded(file.name)} seq ${file.sequence} type ${type}\n`;
  return [
    ...(base === null ? [] : [base]).map(line("b")),
    ...history.map(line("h")),
    ...increments.map(line("i")),
  ].join("");
}

// ---------------------------------------------------------------------------------------------------------------------
// What happens to it.

/** The last increment, to which an engine that starts goes on appending; null: there is none yet. */
export function lastIncrement({ increments }: AofManifest): AofFile | null {
  return increments.at(-1) ?? null;
}

/** With one more increment: for a file of which there is none, and when a rewrite begins. */
export function withIncrement(manifest: AofManifest, fileName: string): AofManifest {
  const sequence = manifest.incrementSequence + 1;
  const file = { name: `${fileName}.${sequence}.incr.aof`, sequence };
  return { ...manifest, increments: [...manifest.increments, file], incrementSequence: sequence };
}

/** After a rewrite: a new base, and of the increments only those since it began. What they replace is history. */
export function withBase(
  manifest: AofManifest,
  fileName: string,
  snapshot: boolean,
  keepIncrements: number,
): AofManifest {
  const sequence = manifest.baseSequence + 1;
  const kept = manifest.increments.length - keepIncrements;
  return {
    ...manifest,
    base: { name: `${fileName}.${sequence}.base.${snapshot ? "rdb" : "aof"}`, sequence },
    baseSequence: sequence,
    history: [
      ...manifest.history,
      ...(manifest.base === null ? [] : [manifest.base]),
      ...manifest.increments.slice(0, kept),
    ],
    increments: manifest.increments.slice(kept),
  };
}

/** When the history's files have been deleted. */
export function withoutHistory(manifest: AofManifest): AofManifest {
  return { ...manifest, history: [] };
}

/** Takes over a single append-only file of a version before 7: it becomes the base. */
export function upgraded(fileName: string): AofManifest {
  return { ...EMPTY_MANIFEST, base: { name: fileName, sequence: 1 }, baseSequence: 1 };
}
