// A problem in what the user wrote: where it stands, what was found, what is allowed. All problems of a scenario are
// gathered and shown together, in the order of the lines.

/** A place in a file; lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line's text. */
  readonly text: string;
  /** How many characters to underline. */
  readonly length: number;
}

export interface Issue {
  /** Null where the value did not come from a file: then `origin` says where it came from. */
  readonly position: Position | null;
  readonly origin: string;
  /** Dotted path in the scenario; "" for the whole. */
  readonly path: string;
  readonly message: string;
}

/** A scenario or input file that cannot be used. Exit code 3. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    const sorted = [...issues].sort(
      (a, b) =>
        (a.position?.file ?? "").localeCompare(b.position?.file ?? "") ||
        (a.position?.line ?? 0) - (b.position?.line ?? 0) ||
        (a.position?.column ?? 0) - (b.position?.column ?? 0),
    );
    super(formatIssues(sorted));
    this.issues = sorted;
  }
}

/** A problem of a whole file. */
export function fileIssue(file: string, message: string): Issue {
  return { position: null, origin: file, path: "", message };
}

const LINE_WIDTH = 110;

/** Text out of a file without what would steer a terminal or break the line; every character keeps its place. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/gu, one => (/\s/u.test(one) ? " " : "\u00b7"));
}

/** The problem with its line and a caret under the place. */
export function formatIssue(issue: Issue): string {
  const { position, path, message, origin } = issue;
  const subject = path === "" ? "" : `${path}: `;
  if (position === null) return printable(`${origin}: ${subject}${message}`);
  const { file, line, column, text, length } = position;
  const head = printable(`${file}:${line}:${column}: ${subject}${message}`);
  // A window of the line around the place, so that a huge line stays readable.
  const from = Math.max(0, column - 1 - LINE_WIDTH / 2);
  const shown = printable(text.slice(from, from + LINE_WIDTH));
  const gutter = `${String(line).padStart(5)} | `;
  const caret = " ".repeat(gutter.length - 2) + "| " + " ".repeat(column - 1 - from);
  const room = Math.max(1, Math.min(length, shown.length - (column - 1 - from)));
  return `${head}\n${gutter}${shown}\n${caret}${"^".repeat(room)}`;
}

/** All problems, and their number where it is not plain to see. */
export function formatIssues(issues: readonly Issue[]): string {
  const count = issues.length === 1 ? "" : `\n\n${issues.length} problems`;
  return `${issues.map(formatIssue).join("\n\n")}${count}`;
}
