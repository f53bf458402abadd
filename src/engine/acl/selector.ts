// What one set of rules allows: commands, keys and channels. A user has one, the root, and any number beside it; a call
// is allowed when one of them allows all of it.

import type { Command } from "../command.ts";
import { globMatch } from "../glob.ts";
import { ACCESS, DELETE, INSERT, UPDATE } from "../introspection/key-specs.ts";

export const READ = 1;
export const WRITE = 2;

export interface KeyPattern {
  /** READ, WRITE or both. */
  permissions: number;
  readonly pattern: string;
}

/** What a selector says to a call; the higher, the nearer it was to being allowed. */
export const ALLOWED = 0;
export const DENIED_COMMAND = 1;
export const DENIED_KEY = 2;
export const DENIED_CHANNEL = 4;

export class Selector {
  allKeys = false;
  allChannels: boolean;
  allCommands = false;
  /** Allowed in general (+@all came last), so that a command to come is allowed too. */
  future = false;
  /** By command id. */
  readonly commands: Uint8Array;
  /** Words that a command may have as its first argument, though it is not allowed as a whole. */
  readonly firstArguments = new Map<number, string[]>();
  readonly keys: KeyPattern[] = [];
  readonly channels: string[] = [];
  /** The rules about commands since the last +@all or -@all, as ACL LIST shows them: "+get", "-@admin". */
  rules: string[] = [];

  constructor(commandCount: number, allChannels: boolean) {
    this.commands = new Uint8Array(commandCount);
    this.allChannels = allChannels;
  }

  copy(): Selector {
    const copy = new Selector(this.commands.length, this.allChannels);
    copy.allKeys = this.allKeys;
    copy.allCommands = this.allCommands;
    copy.future = this.future;
    copy.commands.set(this.commands);
    for (const [id, words] of this.firstArguments) copy.firstArguments.set(id, [...words]);
    for (const pattern of this.keys) copy.keys.push({ ...pattern });
    copy.channels.push(...this.channels);
    copy.rules = [...this.rules];
    return copy;
  }

  setAllCommands(allowed: boolean): void {
    this.commands.fill(allowed ? 1 : 0);
    this.allCommands = allowed;
    this.future = allowed;
    this.firstArguments.clear();
    this.rules = [];
  }

  /** Allows or forbids a command and its subcommands. */
  setCommand(command: Command, allowed: boolean): void {
    this.set(command.id, allowed);
    this.firstArguments.delete(command.id);
    for (const child of command.children?.values() ?? []) this.set(child.id, allowed);
  }

  private set(id: number, allowed: boolean): void {
    this.commands[id] = allowed ? 1 : 0;
    if (!allowed) this.allCommands = false;
  }

  /** Remembers a rule; what it makes void (the same, and those of its subcommands) goes. */
  remember(rule: string, allowed: boolean): void {
    const name = rule.toLowerCase();
    this.rules = this.rules.filter(old => old.slice(1) !== name && !old.startsWith(`${name}|`, 1));
    this.rules.push((allowed ? "+" : "-") + name);
  }

  allowsCommand(command: Command, argument: string | null): boolean {
    if (this.allCommands || this.commands[command.id] !== 0) return true;
    const words = this.firstArguments.get(command.id);
    return argument !== null && (words?.includes(argument.toLowerCase()) ?? false);
  }

  /** Whether a key may be used in this way; `access` are key spec flags. */
  allowsKey(key: string, access: number): boolean {
    if (this.allKeys) return true;
    const needed = permissionsFor(access);
    return this.keys.some(({ permissions, pattern }) => (permissions & needed) === needed && matches(pattern, key));
  }

  /** Whether every key may be used so; `needed` is READ, WRITE or both. */
  allowsEveryKey(needed: number): boolean {
    if (this.allKeys) return true;
    return this.keys.some(({ permissions, pattern }) => (permissions & needed) === needed && pattern === "*");
  }

  /** Whether a channel may be used. A pattern to subscribe to must be named literally. */
  allowsChannel(channel: string, isPattern: boolean): boolean {
    return this.allChannels || channelListed(this.channels, channel, isPattern);
  }
}

export function channelListed(patterns: readonly string[], channel: string, isPattern: boolean): boolean {
  return patterns.some(pattern => (isPattern ? pattern === channel : matches(pattern, channel)));
}

/** A star matches the empty name too. */
function matches(pattern: string, text: string): boolean {
  return text === "" ? /^\**$/u.test(pattern) : globMatch(pattern, text);
}

function permissionsFor(access: number): number {
  return ((access & ACCESS) !== 0 ? READ : 0) | ((access & (INSERT | DELETE | UPDATE)) !== 0 ? WRITE : 0);
}
