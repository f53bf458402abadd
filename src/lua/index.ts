// Lua for the engine. Called once by whatever starts a process that may run scripts.

import { provideMachines } from "../engine/scripting/machine.ts";
import { LUA } from "./machine.ts";

export function provideLua(): void {
  provideMachines(LUA);
}
