// Where a command differs from the server's, as far as we know, and which commands of the server are not there, with the
// reason. docs/commands.md is made from this; a test holds it to the table of Valkey 8.0.1.

/** By full name ("config|get"); a container stands for all its subcommands. */
export const DEVIATIONS: Readonly<Record<string, string>> = {
  module: "There are none, and none can be loaded.",
  migrate: "Other calls are served while the keys are on their way; the server holds everything up.",
};

/** Commands of Valkey 8.0.1 that are not there. */
export const ABSENT: Readonly<Record<string, string>> = {};

/**
 * Tests of the official suite (Valkey 8.0.1) that `cachecast serve` fails, and why. Only the first is of the external
 * mode; the others are those for which the suite starts the server itself.
 */
export const SUITE_FAILURES: readonly (readonly [test: string, why: string])[] = [
  ["integration/valkey-cli: command-line hinting, latest server", "COMMAND DOCS tells no arguments of commands."],
  ["unit/networking: default bind, protected mode", "The default is to listen on this host only, not everywhere."],
  [
    "unit/introspection: protected configuration, local",
    "Likewise: nobody reaches it from another address by default.",
  ],
  ["unit/other: process title", "Node.js cuts a title to the length of the command line."],
  [
    "unit/other, unit/shutdown: those that look for the saving child's process",
    "There is no fork: a background save takes its bytes at once and writes them in the same process.",
  ],
  [
    "unit/maxmemory: buffers of a replica that stands still (2)",
    "mem_clients_slaves does not grow as the server's does; not understood yet.",
  ],
  [
    "unit/cluster and integration/replication-buffer: some",
    "They ran out of time on a busy machine; not looked into yet.",
  ],
];
