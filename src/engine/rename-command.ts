// rename-command: another name for a command of one engine, or none, so that nobody can call it.

import type { Engine } from "./engine.ts";

/** Why it cannot be, or null; `to` is "" for none. */
export function renameCommand(engine: Engine, name: string, to: string): string | null {
  const command = engine.command(name);
  if (command === undefined) return "No such command in rename-command";
  if (to !== "" && engine.command(to) !== undefined) return "Target command name already exists";
  const commands = new Map(engine.commands);
  commands.delete(name.toLowerCase());
  if (to !== "") commands.set(to.toLowerCase(), command);
  engine.commands = commands;
  return null;
}
