// Where a command differs from the server's, as far as we know, and which commands of the server are not there, with the
// reason. docs/commands.md is made from this; a test holds it to the table of Valkey 8.0.1.

/** By full name ("config|get"); a container stands for all its subcommands. */
export const DEVIATIONS: Readonly<Record<string, string>> = {
  module: "There are none, and none can be loaded.",
  migrate: "Other calls are served while the keys are on their way; the server holds everything up.",
};

/** What holds for all commands under `cachecast serve`. */
export const EVERYWHERE: readonly string[] = [
  "A reply of more than 512 MB closes the connection, as one beyond client-output-buffer-limit does: it is longer than " +
    "a string of JavaScript may be. The server sends it.",
  "A background save or rewrite copies the data set at once and writes it in the same process: there is no fork.",
  "Without a configuration it listens on this host only.",
];

/** Commands of Valkey 8.0.1 that are not there. */
export const ABSENT: Readonly<Record<string, string>> = {};

/**
 * Tests of the official suite (Valkey 8.0.1) that `cachecast serve` fails, and why.
 * All of them are tests for which the suite starts the server itself.
 */
export const SUITE_FAILURES: readonly (readonly [test: string, why: string])[] = [
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
