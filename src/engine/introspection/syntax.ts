// How a command is called, as data: what COMMAND DOCS shows of its arguments, from which redis-cli makes its hints. The
// tables stand in commands/syntax-*.ts, one line per command in this notation:
//
//   name            a text argument; `name:i` an integer, `:d` a double, `:p` a pattern, `:u` a Unix time
//   key#0           a key, of the key spec with this index (behind another type: that type, and where its keys are)
//   EX=name:i       a word in front of an argument
//   NX  CH!change   a word that is an argument by itself, and its name where that is not the word; '=' quotes other words
//   name(a | b)     one of several          name{a b}   several that belong together
//   then, in order  $text as it is shown · @6.2.0 since · ~2.8 deprecated since · ? optional · ... repeated · + word repeated too

import { assert, fail } from "../../assert.ts";

/** By full name: "get", "config|set". */
export type SyntaxTable = Readonly<Record<string, string>>;

export interface Argument {
  readonly name: string;
  readonly type: "string" | "integer" | "double" | "pattern" | "unix-time" | "key" | "pure-token" | "oneof" | "block";
  readonly token: string | null;
  readonly keySpec: number | null;
  readonly display: string;
  readonly since: string | null;
  readonly deprecatedSince: string | null;
  readonly optional: boolean;
  readonly multiple: boolean;
  readonly multipleToken: boolean;
  readonly parts: readonly Argument[];
}

const TYPES = { i: "integer", d: "double", p: "pattern", u: "unix-time" } as const;

export function parseSyntax(text: string): readonly Argument[] {
  const reader = new Reader(text);
  const found = reader.list("");
  assert(reader.done, `syntax "${text}" goes on at ${reader.at}`);
  return found;
}

class Reader {
  at = 0;

  constructor(private readonly text: string) {}

  get done(): boolean {
    return this.at === this.text.length;
  }

  private take(pattern: RegExp): string | null {
    const sticky = new RegExp(pattern, "y");
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.text);
    if (match === null) return null;
    this.at = sticky.lastIndex;
    return match[1] ?? match[0];
  }

  /** Arguments up to the closing sign. */
  list(close: string): Argument[] {
    const separator = close === ")" ? / \| / : / /;
    const found = [this.argument()];
    while (this.take(separator) !== null) found.push(this.argument());
    if (close !== "")
      assert(this.take(close === ")" ? /\)/ : /\}/) !== null, `no ${close} at ${this.at} of ${this.text}`);
    return found;
  }

  private argument(): Argument {
    const quoted = this.take(/'([^']+)'/);
    const token = quoted ?? this.take(/[A-Z][A-Z0-9-]*/);
    if (token !== null && this.take(/=/) === null) {
      return this.rest(this.take(/!([a-z0-9-]+)/) ?? token.toLowerCase(), "pure-token", token, []);
    }
    const name = this.take(/[a-z][a-z0-9-]*/) ?? fail(`no argument at ${this.at} of ${this.text}`);
    if (this.take(/\(/) !== null) return this.rest(name, "oneof", token, this.list(")"));
    if (this.take(/\{/) !== null) return this.rest(name, "block", token, this.list("}"));
    const type = this.take(/:([idpu])/) as keyof typeof TYPES | null;
    return this.rest(name, type === null ? "string" : TYPES[type], token, []);
  }

  private rest(name: string, type: Argument["type"], token: string | null, parts: Argument[]): Argument {
    const keySpec = this.take(/#(\d+)/);
    return {
      name,
      type: keySpec !== null && type === "string" ? "key" : type,
      token,
      keySpec: keySpec === null ? null : Number(keySpec),
      display: this.take(/\$([a-z:-]+)/) ?? name,
      since: this.take(/@([\d.]*\d)/),
      deprecatedSince: this.take(/~([\d.]*\d)/),
      optional: this.take(/\?/) !== null,
      multiple: this.take(/\.\.\./) !== null,
      multipleToken: this.take(/\+/) !== null,
      parts,
    };
  }
}

/** The arguments as manuals write them: `key value [NX | XX] [EX seconds | PX milliseconds]`. */
export function synopsis(syntax: readonly Argument[]): string {
  return syntax.map(shown).join(" ");
}

function shown(argument: Argument): string {
  const { type, token, optional, multiple, multipleToken, parts } = argument;
  let own: string;
  if (type === "pure-token") own = token!;
  else if (type === "oneof") own = parts.map(shown).join(" | ");
  else if (type === "block") own = synopsis(parts);
  else own = argument.display;
  // What is optional stands in brackets of its own; a choice elsewhere in angles.
  const grouped = type === "oneof" && !(optional && token === null && !multiple) ? `<${own}>` : own;
  const word = token === null || type === "pure-token" ? "" : `${token} `;
  const once = `${word}${grouped}`;
  const repeated = multiple ? `${once} [${multipleToken ? once : grouped} ...]` : once;
  return optional ? `[${repeated}]` : repeated;
}
