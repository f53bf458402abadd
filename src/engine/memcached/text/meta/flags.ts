// Flags behind the key of a meta command: one letter each, some with a value. They are read before anything is done, and
// once more, in their order, for what the answer says (memcached 1.6, proto_text.c: _meta_flag_preparse).

import { casId, signed32, unsigned32, unsigned64 } from "../numbers.ts";
import type { TextSession } from "../session.ts";
import { decodeKey } from "./base64.ts";

export interface MetaFlags {
  key: string;
  binaryKey: boolean;
  noreply: boolean;
  value: boolean;
  noUpdate: boolean;
  vivify: boolean;
  stale: boolean;
  mode: string;
  vivifyExpires: number;
  /** A new time to live; null: none given. */
  expires: number | null;
  recacheExpires: number;
  clientFlags: number;
  /** null: none given. */
  cas: number | null;
  delta: bigint;
  initial: bigint;
}

/** Longest list of words that the server takes. */
export const MOST_WORDS = 19;
const LONGEST_OPAQUE = 32;
const BAD_TOKEN = "CLIENT_ERROR bad token in command line format";
const WITHOUT_EFFECT = new Set([..."lOPLkstcfh"]);

/** What the flags say, or the error that they are. The server reads on after most errors and names the last one. */
export function readFlags(session: TextSession, words: readonly string[], from: number): MetaFlags | string {
  const { store } = session;
  const flags: MetaFlags = {
    key: words[1],
    binaryKey: false,
    noreply: false,
    value: false,
    noUpdate: false,
    vivify: false,
    stale: false,
    mode: "",
    vivifyExpires: 0,
    expires: null,
    recacheExpires: 0,
    clientFlags: 0,
    cas: null,
    delta: 1n,
    initial: 0n,
  };
  let error: string | null = null;
  const seen = new Set<string>();
  const time = (text: string): number => {
    const given = signed32(text);
    if (given === null) error = BAD_TOKEN;
    return given === null ? 0 : store.realTime(given);
  };
  for (let i = from; i < words.length; i++) {
    const letter = words[i][0];
    const rest = words[i].slice(1);
    if (letter >= "\x7f" || seen.has(letter)) return "CLIENT_ERROR duplicate flag";
    seen.add(letter);
    if (WITHOUT_EFFECT.has(letter)) continue;
    switch (letter) {
      case "b": {
        const key = decodeKey(flags.key);
        if (key === null) error = "CLIENT_ERROR error decoding key";
        flags.key = key ?? "";
        flags.binaryKey = true;
        break;
      }
      case "N":
        flags.vivify = true;
        flags.vivifyExpires = time(rest);
        break;
      case "T":
        flags.expires = time(rest);
        break;
      case "R":
        flags.recacheExpires = time(rest);
        break;
      case "v":
        flags.value = true;
        break;
      case "u":
        flags.noUpdate = true;
        break;
      case "q":
        flags.noreply = true;
        break;
      case "F": {
        const given = unsigned32(rest);
        if (given === null) error ??= "CLIENT_ERROR bad command line format";
        flags.clientFlags = given ?? 0;
        break;
      }
      case "C":
        flags.cas = casId(rest);
        if (flags.cas === null) error = BAD_TOKEN;
        break;
      case "M":
        if (words[i].length !== 2) error = "CLIENT_ERROR incorrect length for M token";
        else flags.mode = rest;
        break;
      case "J": {
        const given = unsigned64(rest);
        if (given === null) error = "CLIENT_ERROR invalid numeric initial value";
        flags.initial = given ?? 0n;
        break;
      }
      case "D": {
        const given = unsigned64(rest);
        if (given === null) error = "CLIENT_ERROR invalid numeric delta value";
        flags.delta = given ?? 0n;
        break;
      }
      case "I":
        flags.stale = true;
        break;
      default:
        return "CLIENT_ERROR invalid flag";
    }
  }
  return error ?? flags;
}

/** Whether an opaque token is longer than the server gives back. */
export function opaqueTooLong(words: readonly string[], from: number): boolean {
  return words.some((word, i) => i >= from && word[0] === "O" && word.length > LONGEST_OPAQUE);
}

export const OPAQUE_TOO_LONG = "CLIENT_ERROR opaque token too long";

/** What goes back with every answer: the opaque token and the key, where they are asked for. */
export function echo(words: readonly string[], key: string): string {
  let text = "";
  for (let i = 2; i < words.length; i++) {
    if (words[i][0] === "O") text += ` ${words[i]}`;
    else if (words[i][0] === "k") text += key;
  }
  return text;
}
