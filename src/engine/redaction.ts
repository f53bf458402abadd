// Arguments that logs must not show: passwords and what is said of users.

import { type Bytes, textOf } from "./bytes.ts";
import type { Command } from "./command.ts";
import type { Parameters } from "./parameters.ts";

const REDACTED = "(redacted)";

/** Positions of the secrets in a call. */
type Finder = (argv: readonly Bytes[], parameters: Parameters) => number[];

function allFrom(first: number): Finder {
  return argv => positions(first, argv.length);
}

function positions(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}

function wordOf(argv: readonly Bytes[], position: number): string {
  return textOf(argv[position]).toLowerCase();
}

function settings(argv: readonly Bytes[], parameters: Parameters): number[] {
  const found: number[] = [];
  for (let i = 2; i + 1 < argv.length; i += 2) {
    if (parameters.spec(wordOf(argv, i))?.sensitive === true) found.push(i + 1);
  }
  return found;
}

function hello(argv: readonly Bytes[]): number[] {
  const at = argv.findIndex((_, i) => i > 1 && i + 2 < argv.length && wordOf(argv, i) === "auth");
  return at === -1 ? [] : [at + 1, at + 2];
}

const CREDENTIALS: Readonly<Record<string, number>> = { auth: 1, auth2: 2 };

function migrate(argv: readonly Bytes[]): number[] {
  for (let i = 6; i < argv.length; i++) {
    const word = wordOf(argv, i);
    if (word === "keys") return [];
    const count = CREDENTIALS[word];
    if (count !== undefined) return positions(i + 1, Math.min(argv.length, i + 1 + count));
  }
  return [];
}

const FINDERS: Readonly<Record<string, Finder>> = {
  "acl|deluser": allFrom(2),
  "acl|getuser": allFrom(2),
  "acl|setuser": allFrom(2),
  auth: allFrom(1),
  "config|set": settings,
  hello,
  migrate,
};

/** The call as logs may show it. */
export function withoutSecrets(command: Command, argv: readonly Bytes[], parameters: Parameters): readonly Bytes[] {
  const secrets = FINDERS[command.fullName]?.(argv, parameters) ?? [];
  return secrets.length === 0 ? argv : argv.map((word, i) => (secrets.includes(i) ? REDACTED : word));
}
