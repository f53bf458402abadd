// The facts of all commands in one table.

import type { CommandFacts } from "../introspection/facts.ts";
import { COLLECTIONS_FACTS } from "./facts-collections.ts";
import { GENERIC_FACTS } from "./facts-generic.ts";
import { SERVER_FACTS } from "./facts-server.ts";
import { SORTED_FACTS } from "./facts-sorted.ts";
import { STRING_FACTS } from "./facts-string.ts";

const TABLES = [STRING_FACTS, COLLECTIONS_FACTS, SORTED_FACTS, GENERIC_FACTS, SERVER_FACTS];

export const FACTS: ReadonlyMap<string, CommandFacts> = new Map(TABLES.flatMap(table => Object.entries(table)));
