// One YAML file: read with bounds, parsed with positions. YAML 1.2 (`no` is text), no duplicate keys, one document,
// merge keys and anchors allowed up to the parser's alias limit, which stops alias bombs.

import { closeSync, openSync, readSync } from "node:fs";
import { isMap, isNode, isPair, isScalar, LineCounter, type Node, parseAllDocuments, type YAMLError } from "yaml";
import { fileIssue, type Issue, type Position, ScenarioError } from "./issue.ts";

/** No scenario is that long; a file that is, is something else. */
const MAX_BYTES = 2 * 1_048_576;

export type Path = readonly (string | number)[];

export function isPrefix(short: Path, long: Path): boolean {
  return short.length <= long.length && short.every((step, i) => String(step) === String(long[i]));
}

/** As people write it: workload[0].rate. */
export function formatPath(path: Path): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}

export interface YamlFile {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** Where a path stands: the key, or the value, or the nearest thing that exists. */
  locate(path: Path, at: "key" | "value"): Position;
}

/** Reads the text of a file, or of standard input for "-". Throws ScenarioError. */
export function readText(file: string): string {
  const name = file === "-" ? "<stdin>" : file;
  const refuse = (message: string): never => {
    throw new ScenarioError([fileIssue(name, message)]);
  };
  let bytes: Buffer;
  try {
    bytes = readBytes(file);
  } catch (error) {
    const isDirectory = (error as { code?: string }).code === "EISDIR";
    return refuse(`${describeSystemError(error)}${isDirectory ? "; a scenario is a YAML file" : ""}`);
  }
  if (bytes.length > MAX_BYTES) refuse(`has more than ${MAX_BYTES} bytes; a scenario is shorter`);
  if (bytes.includes(0)) refuse("is no text: it holds a zero byte; a scenario is YAML in UTF-8");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse(`is not UTF-8, in line ${firstBadLine(bytes)}; a scenario is YAML in UTF-8`);
  }
}

/** Whatever the name stands for, a file, a pipe, a device: not more of it is read than shows that it is too long. */
function readBytes(file: string): Buffer {
  const descriptor = file === "-" ? 0 : openSync(file, "r");
  try {
    const buffer = Buffer.allocUnsafe(MAX_BYTES + 1);
    let length = 0;
    while (length < buffer.length) {
      const read = readSync(descriptor, buffer, length, buffer.length - length, null);
      if (read === 0) break;
      length += read;
    }
    return buffer.subarray(0, length);
  } finally {
    if (descriptor !== 0) closeSync(descriptor);
  }
}

function firstBadLine(bytes: Buffer): number {
  let start = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(10, start);
    const part = bytes.subarray(start, end === -1 ? bytes.length : end);
    if (end === -1 || !Buffer.from(part.toString("utf8")).equals(part)) return line;
    start = end + 1;
  }
}

/** An errno in words. */
export function describeSystemError(error: unknown): string {
  const { code } = error as { code?: string };
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "may not be read or written";
    case "EISDIR":
      return "is a directory";
    case "ENOTDIR":
    case "EEXIST":
      return "lies below something that is no directory";
    case "ENOSPC":
      return "there is no space left on the device";
    case "EROFS":
      return "lies on a device that can only be read";
    case "ENAMETOOLONG":
      return "has too long a name";
    default:
      return code ?? String(error);
  }
}

/** Parses a file. Throws ScenarioError with every syntax problem. */
export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    version: "1.2",
    merge: true,
    logLevel: "error",
  });
  const sourceLines = text.split(/\r?\n/u);
  const positionAt = (offset: number, length: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, text: sourceLines[line - 1] ?? "", length };
  };
  const refuse = (message: string, offset = 0): never => {
    throw new ScenarioError([{ position: positionAt(offset, 1), origin: file, path: "", message }]);
  };
  if (!Array.isArray(documents) || documents.length === 0 || text.trim() === "") {
    throw new ScenarioError([
      fileIssue(file, "is empty; a scenario needs at least name, cluster, clients and workload"),
    ]);
  }
  if (documents.length > 1) refuse("holds more than one document; a scenario is one", documents[1].range?.[0] ?? 0);
  const [document] = documents;
  const complaints = [...document.errors, ...document.warnings];
  if (complaints.some(one => one.message.includes("call stack"))) refuse("is nested too deeply for a scenario");
  if (complaints.length > 0) {
    throw new ScenarioError(
      firstPerLine(complaints, one => lines.linePos(one.pos[0]).line).map((error): Issue => {
        const [from, to] = error.pos;
        const message = error.message.split(" at line")[0].replace(/:\s*$/u, "");
        return { position: positionAt(from, Math.max(1, to - from)), origin: file, path: "", message };
      }),
    );
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith("Excessive alias")) refuse("uses aliases beyond all measure: refused");
    const name = /^Unresolved alias.*: (.+)$/u.exec(message)?.[1];
    refuse(name === undefined ? message : `there is no anchor «&${name}» above`, Math.max(0, text.indexOf(`*${name}`)));
  }
  if (!isMap(document.contents)) refuse("must be a mapping with the keys name, cluster, clients, workload, …");

  const rangeOf = (node: unknown): readonly [number, number] | null => {
    if (!isNode(node) || node.range == null) return null;
    return [node.range[0], Math.max(1, node.range[1] - node.range[0])];
  };
  const locate = (path: Path, at: "key" | "value"): Position => {
    let node: unknown = document.contents;
    // What the whole lacks is shown at its beginning.
    let best: readonly [number, number] = [rangeOf(node)?.[0] ?? 0, 1];
    for (let i = 0; i < path.length; i++) {
      const last = i === path.length - 1;
      const step = path[i];
      if (isMap(node)) {
        const pair = node.items.find(item => isPair(item) && keyText(item.key as Node) === String(step));
        if (pair === undefined) break;
        const key = rangeOf(pair.key);
        const inner = rangeOf(pair.value);
        // A missing child is pointed at by its parent's key.
        best = (last && at === "value" ? inner : key) ?? best;
        node = pair.value;
      } else {
        const item = (node as { items?: unknown[] } | null)?.items?.[Number(step)];
        const range = rangeOf(item);
        if (range === null) break;
        best = range;
        node = item;
      }
    }
    // What spans lines is shown by its first.
    const [from, length] = best;
    const end = text.indexOf("\n", from);
    return positionAt(from, end === -1 ? length : Math.min(length, Math.max(1, end - from)));
  };
  const forbidden = findForbidden(value);
  if (forbidden !== null) {
    const { path, message } = forbidden;
    throw new ScenarioError([{ position: locate(path, "key"), origin: file, path: formatPath(path), message }]);
  }
  return { file, text, value, locate };
}

/** One slip often makes the parser complain several times over the same line: the first complaint says it best. */
function firstPerLine(complaints: readonly YAMLError[], lineOf: (one: YAMLError) => number): YAMLError[] {
  const seen = new Set<number>();
  return complaints.filter(one => !seen.has(lineOf(one)) && seen.add(lineOf(one)));
}

/** What YAML can say and no scenario may: a value within itself, and the one key that JavaScript does not keep as one. */
export function findForbidden(
  value: unknown,
  path: Path = [],
  above: readonly unknown[] = [],
): { readonly path: Path; readonly message: string } | null {
  if (typeof value !== "object" || value === null) return null;
  if (above.includes(value)) return { path, message: "holds itself by an alias: refused" };
  for (const [key, inner] of Object.entries(value)) {
    const at: Path = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === "__proto__") return { path: at, message: "«__proto__» is no name here" };
    const found = findForbidden(inner, at, [...above, value]);
    if (found !== null) return found;
  }
  return null;
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
