// All commands of the text protocol.

import { ARITHMETIC } from "./arithmetic.ts";
import type { TextCommand } from "./command.ts";
import { DELETION } from "./deletion.ts";
import { MEMORY } from "./memory.ts";
import { META } from "./meta/index.ts";
import { RETRIEVAL } from "./retrieval.ts";
import { SERVER } from "./server.ts";
import { STATISTICS } from "./statistics.ts";
import { STORAGE } from "./storage.ts";

export const TEXT_COMMANDS: ReadonlyMap<string, TextCommand> = new Map(
  [RETRIEVAL, STORAGE, ARITHMETIC, DELETION, META, MEMORY, STATISTICS, SERVER].flat().map(one => [one.name, one]),
);
