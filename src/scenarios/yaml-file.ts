// One YAML file: read with bounds, parsed with positions. YAML 1.2 (`no` is text), no duplicate keys, one document,
// merge keys and anchors allowed up to the parser's alias limit, which stops alias bombs.

import { readFileSync, statSync } from "node:fs";
import { isMap, isNode, isPair, isScalar, LineCounter, type Node, parseAllDocuments } from "yaml";
import { fileIssue, type Issue, type Position, ScenarioError } from "./issue.ts";

/** No scenario is that long; a file that is, is something else. */
const MAX_BYTES = 2 * 1_048_576;

export type Path = readonly (string | number)[];

export function isPrefix(short: Path, long: Path): boolean {
  return short.length <= long.length && short.every((step, i) => step === long[i]);
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
  if (file === "-") return readFileSync(0, "utf8");
  let size: number;
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) throw new ScenarioError([fileIssue(file, "is a directory; a scenario is a YAML file")]);
    size = stat.size;
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    throw new ScenarioError([fileIssue(file, describeSystemError(error))]);
  }
  if (size > MAX_BYTES) {
    throw new ScenarioError([fileIssue(file, `has ${size} bytes; a scenario has at most ${MAX_BYTES}`)]);
  }
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ScenarioError([fileIssue(file, describeSystemError(error))]);
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
      return "lies below something that is no directory";
    case "ENOSPC":
      return "there is no space left on the device";
    default:
      return code ?? String(error);
  }
}

/** Parses a file. Throws ScenarioError with every syntax problem. */
export function parseYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, version: "1.2", merge: true });
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
  if (document.errors.length > 0) {
    throw new ScenarioError(
      document.errors.map((error): Issue => {
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
    refuse(
      (error as Error).message.includes("alias")
        ? "uses aliases beyond all measure: refused"
        : (error as Error).message,
    );
  }
  if (!isMap(document.contents)) refuse("must be a mapping with the keys name, cluster, clients, workload, …");

  const rangeOf = (node: unknown): readonly [number, number] | null => {
    if (!isNode(node) || node.range == null) return null;
    return [node.range[0], Math.max(1, node.range[1] - node.range[0])];
  };
  const locate = (path: Path, at: "key" | "value"): Position => {
    let node: unknown = document.contents;
    let best = rangeOf(node) ?? [0, 1];
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
  return { file, text, value, locate };
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
