// Users as lines of text: "user <name> <rules…>" in the ACL file and in the configuration.

import type { Acl } from "./acl.ts";
import { applyRule, hasSpaces, mergeSelectors, UNKNOWN_COMMAND } from "./rules.ts";
import type { User } from "./user.ts";

const NOTHING_CHANGED = "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";

/** The file's text for the users there are. */
export function aclFileText(acl: Acl): string {
  return acl.users.map(user => `user ${user.name} ${user.describe()}\n`).join("");
}

/** Loads all users from a file's text, or none; every problem in one line, or null. */
export function loadAclFile(acl: Acl, text: string, path: string): string | null {
  const users = new Map<string, User>();
  const problems: string[] = [];
  text.split("\n").forEach((raw, i) => {
    const line = raw.replace(/^[ \t\r\n]+|[ \t\r\n]+$/gu, "");
    if (line !== "") problems.push(...loadLine(acl, users, line, `${path}:${i + 1}`));
  });
  if (problems.length > 0) return problems.join("") + NOTHING_CHANGED;
  acl.replaceUsers([...users.values()]);
  return null;
}

function loadLine(acl: Acl, users: Map<string, User>, line: string, place: string): string[] {
  const words = line.split(" ");
  if (words[0] !== "user" || words.length < 2) {
    return [`${place} should start with user keyword followed by the username. `];
  }
  const name = words[1];
  if (hasSpaces(name)) return [`'${place}: username '${name}' contains invalid characters. `];
  if (users.has(name)) {
    return [`WARNING: Duplicate user '${name}' found on line ${place.slice(place.lastIndexOf(":") + 1)}. `];
  }
  const user = acl.draft(name);
  users.set(name, user);
  const merged = mergeSelectors(words.slice(2));
  if ("unmatched" in merged) return [`${place}: Unmatched parenthesis in selector definition.`];
  const problems: string[] = [];
  let told = false;
  for (const rule of merged.rules) {
    const trimmed = rule.replace(/^[\t\r\n]+|[\t\r\n]+$/gu, "");
    const problem = applyRule(user, trimmed, acl.context);
    if (problem === null) continue;
    if (problem === UNKNOWN_COMMAND) problems.push(`${place}: Error in applying operation '${trimmed}': ${problem}. `);
    else if (!told) {
      // Later problems may follow from the first.
      problems.push(`${place}: ${problem}. `);
      told = true;
    }
  }
  return problems;
}

/**
 * Users from "user" lines of a configuration, each as its words without "user". They are loaded after everything else
 * has been configured; a problem is told as the server words it, and nothing can start then.
 */
export function loadConfiguredUsers(acl: Acl, lines: readonly (readonly string[])[]): string | null {
  const seen = new Set<string>();
  for (const [name, ...rules] of lines) {
    if (seen.has(name)) return "Duplicate user found. A user can only be defined once in config files";
    seen.add(name);
    if (hasSpaces(name)) return "Spaces not allowed in ACL usernames";
    const problem = acl.setUser(name, name === "default" ? ["reset", ...rules] : rules);
    if (problem !== null) return problem;
  }
  return null;
}
