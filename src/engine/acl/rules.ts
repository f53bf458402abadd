// The language of ACL SETUSER and of ACL files: one rule after the other changes a user.

import type { Command } from "../command.ts";
import { findCommand } from "../commands/introspect.ts";
import { categoryBit, isCategory } from "../introspection/categories.ts";
import { splitWords } from "../words.ts";
import { READ, Selector, WRITE } from "./selector.ts";
import { sha256 } from "./sha256.ts";
import type { User } from "./user.ts";

/** What rules need to know of the server. */
export interface RuleContext {
  readonly commands: ReadonlyMap<string, Command>;
  readonly commandCount: number;
  /** acl-pubsub-default is allchannels. */
  readonly allChannelsByDefault: boolean;
}

export const UNKNOWN_COMMAND = "Unknown command or category name in ACL";
const SYNTAX = "Syntax error";
const AFTER_ALL_KEYS =
  "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns";
const AFTER_ALL_CHANNELS =
  "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels";
const NO_SUCH_PASSWORD = "The password you are trying to remove from the user does not exist";
const BAD_HASH = "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters";
const FIRST_ARGUMENT_OF_SUBCOMMAND = "Allowing first-arg of a subcommand is not supported";

export function newSelector({ commandCount, allChannelsByDefault }: RuleContext): Selector {
  return new Selector(commandCount, allChannelsByDefault);
}

/** Names and patterns may hold neither spaces nor zero bytes: lines could not be read back. */
export function hasSpaces(text: string): boolean {
  return /[\0\t\n\v\f\r ]/u.test(text);
}

/** Changes a user by one rule; why not, or null. */
export function applyRule(user: User, rule: string, context: RuleContext): string | null {
  const word = rule.toLowerCase();
  switch (word) {
    case "":
      return null;
    case "on":
    case "off":
      user.enabled = word === "on";
      return null;
    case "sanitize-payload":
    case "skip-sanitize-payload":
      user.sanitizePayload = word === "sanitize-payload";
      return null;
    case "nopass":
    case "resetpass":
      user.nopass = word === "nopass";
      user.passwords = [];
      return null;
    case "clearselectors":
      user.selectors = [user.root];
      return null;
    case "reset":
      for (const one of RESET) applyRule(user, one, context);
      if (context.allChannelsByDefault) user.root.allChannels = true;
      return null;
  }
  if (rule[0] === ">" || rule[0] === "#" || rule[0] === "<" || rule[0] === "!") return applyPassword(user, rule);
  if (rule[0] === "(" && rule.endsWith(")")) {
    const selector = newSelector(context);
    for (const one of splitWords(rule.slice(1, -1)) ?? []) {
      const problem = applySelectorRule(selector, one, context);
      if (problem !== null) return problem;
    }
    user.selectors.push(selector);
    return null;
  }
  return applySelectorRule(user.root, rule, context);
}

const RESET = [
  "resetpass",
  "resetkeys",
  "resetchannels",
  "off",
  "sanitize-payload",
  "clearselectors",
  "-@all",
] as const;

function applyPassword(user: User, rule: string): string | null {
  const plain = rule[0] === ">" || rule[0] === "<";
  const hash = plain ? sha256(rule.slice(1)) : rule.slice(1);
  if (!plain && !/^[0-9a-f]{64}$/u.test(hash)) return BAD_HASH;
  const known = user.passwords.indexOf(hash);
  if (rule[0] === ">" || rule[0] === "#") {
    if (known === -1) user.passwords.push(hash);
    user.nopass = false;
    return null;
  }
  if (known === -1) return NO_SUCH_PASSWORD;
  user.passwords.splice(known, 1);
  return null;
}

function applySelectorRule(selector: Selector, rule: string, context: RuleContext): string | null {
  switch (rule.toLowerCase()) {
    case "allkeys":
    case "~*":
    case "resetkeys":
      selector.allKeys = rule.toLowerCase() !== "resetkeys";
      selector.keys.length = 0;
      return null;
    case "allchannels":
    case "&*":
    case "resetchannels":
      selector.allChannels = rule.toLowerCase() !== "resetchannels";
      selector.channels.length = 0;
      return null;
    case "allcommands":
    case "+@all":
      selector.setAllCommands(true);
      return null;
    case "nocommands":
    case "-@all":
      selector.setAllCommands(false);
      return null;
  }
  switch (rule[0]) {
    case "~":
      return addKeys(selector, rule.slice(1), READ | WRITE);
    case "%":
      return addKeysWithPermissions(selector, rule);
    case "&":
      return addChannels(selector, rule.slice(1));
    case "+":
    case "-":
      return rule[1] === "@"
        ? changeCategory(selector, rule, context)
        : changeCommand(selector, rule.slice(1), rule[0] === "+", context);
    default:
      return SYNTAX;
  }
}

function addKeysWithPermissions(selector: Selector, rule: string): string | null {
  const match = /^%(R|W|RW|WR)~/iu.exec(rule);
  if (selector.allKeys) return AFTER_ALL_KEYS;
  if (match === null) return SYNTAX;
  const letters = match[1].toUpperCase();
  const permissions = (letters.includes("R") ? READ : 0) | (letters.includes("W") ? WRITE : 0);
  return addKeys(selector, rule.slice(match[0].length), permissions);
}

function addKeys(selector: Selector, pattern: string, permissions: number): string | null {
  if (selector.allKeys) return AFTER_ALL_KEYS;
  if (hasSpaces(pattern)) return SYNTAX;
  const known = selector.keys.find(key => key.pattern === pattern);
  if (known === undefined) selector.keys.push({ pattern, permissions });
  else known.permissions |= permissions;
  return null;
}

function addChannels(selector: Selector, pattern: string): string | null {
  if (selector.allChannels) return AFTER_ALL_CHANNELS;
  if (hasSpaces(pattern)) return SYNTAX;
  if (!selector.channels.includes(pattern)) selector.channels.push(pattern);
  return null;
}

function changeCategory(selector: Selector, rule: string, { commands }: RuleContext): string | null {
  const category = rule.slice(2).toLowerCase();
  if (!isCategory(category)) return UNKNOWN_COMMAND;
  const allowed = rule[0] === "+";
  const bit = categoryBit(category);
  selector.remember(rule.slice(1), allowed);
  for (const command of commands.values()) {
    if ((command.categories & bit) !== 0) selector.setCommand(command, allowed);
    for (const child of command.children?.values() ?? []) {
      if ((child.categories & bit) !== 0) selector.setCommand(child, allowed);
    }
  }
  return null;
}

function changeCommand(selector: Selector, name: string, allowed: boolean, context: RuleContext): string | null {
  const command = findCommand(context.commands, name);
  const bar = name.lastIndexOf("|");
  if (!allowed || bar === -1) {
    if (command === undefined) return UNKNOWN_COMMAND;
    selector.setCommand(command, allowed);
    selector.remember(command.fullName, allowed);
    return null;
  }
  const parent = findCommand(context.commands, name.slice(0, bar));
  if (parent === undefined) return UNKNOWN_COMMAND;
  if (parent.fullName.includes("|")) return FIRST_ARGUMENT_OF_SUBCOMMAND;
  const word = name.slice(bar + 1);
  if (word === "") return SYNTAX;
  if (parent.children !== null) {
    if (command === undefined) return UNKNOWN_COMMAND;
    selector.setCommand(command, true);
  } else {
    const words = selector.firstArguments.get(parent.id) ?? [];
    if (!words.includes(word.toLowerCase())) words.push(word.toLowerCase());
    selector.firstArguments.set(parent.id, words);
  }
  selector.remember(name, true);
  return null;
}

/** Joins the words of rules in parentheses that were given as several; or where one that never ends begins. */
export function mergeSelectors(rules: readonly string[]): { rules: string[] } | { unmatched: number } {
  const merged: string[] = [];
  let open: string | null = null;
  let openAt = 0;
  rules.forEach((rule, i) => {
    if (open === null) {
      if (rule.startsWith("(") && !rule.endsWith(")")) {
        open = rule;
        openAt = i;
      } else merged.push(rule);
      return;
    }
    open = `${open} ${rule}`;
    if (!rule.endsWith(")")) return;
    merged.push(open);
    open = null;
  });
  return open === null ? { rules: merged } : { unmatched: openAt };
}
