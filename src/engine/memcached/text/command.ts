// A command of the text protocol is a row: how it is called, what it says of itself, what it does.

import type { TextSession } from "./session.ts";

export type TextGroup = "retrieval" | "storage" | "arithmetic" | "deletion" | "meta" | "memory" | "server";

export interface TextCommand {
  readonly name: string;
  readonly group: TextGroup;
  readonly syntax: string;
  readonly summary: string;
  /** Words behind the name; another number is an ERROR. */
  readonly least: number;
  readonly most: number;
  run(session: TextSession, words: readonly string[]): void;
}

export const KEY_MOST = 250;
export const ANY = Number.POSITIVE_INFINITY;
export const BAD_FORMAT = "CLIENT_ERROR bad command line format";

/** The last word says that no answer is wanted. */
export function notesNoreply(session: TextSession, words: readonly string[]): boolean {
  if (words[words.length - 1] === "noreply") session.noreply = true;
  return session.noreply;
}
