// The users that a served engine starts with: "user" lines of its configuration, or its ACL file; not both.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadAclFile, loadConfiguredUsers } from "../engine/acl/file.ts";
import type { Engine } from "../engine/engine.ts";
import { ConfigError, type Directive } from "./config-file.ts";

/** Loads them; throws ConfigError when something is wrong, since nobody should run with fewer rules than were written. */
export function loadUsers(engine: Engine, directives: readonly Directive[]): void {
  const lines = directives.filter(({ name }) => name === "user").map(({ values }) => values);
  const path = engine.parameters.text("aclfile");
  if (path !== "" && lines.length > 0) {
    throw new ConfigError(
      `users stand both in the configuration and in the ACL file ${path}: only one of them may have any`,
    );
  }
  const problem = path === "" ? loadConfiguredUsers(engine.acl, lines) : loadFile(engine, path);
  if (problem !== null) throw new ConfigError(problem);
}

function loadFile(engine: Engine, path: string): string | null {
  let text: string;
  try {
    text = readFileSync(resolve(engine.parameters.text("dir"), path), "latin1");
  } catch (error) {
    return `Error loading ACLs, opening file '${path}': ${(error as Error).message}`;
  }
  return loadAclFile(engine.acl, text, path);
}
