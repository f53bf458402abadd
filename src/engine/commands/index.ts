// The table of commands. A new command is one object in its family's file; a new family one line here.

import { buildTable, type Command } from "../command.ts";
import { ACL_COMMANDS } from "./acl.ts";
import { AUTH_COMMANDS } from "./auth.ts";
import { BITFIELD_COMMANDS } from "./bitfield.ts";
import { BITMAP_COMMANDS } from "./bitmap.ts";
import { CLUSTER_COMMANDS } from "./cluster.ts";
import { CONFIG_COMMANDS } from "./config.ts";
import { CONNECTION_COMMANDS } from "./connection.ts";
import { COUNTER_COMMANDS } from "./counter.ts";
import { DEBUG_COMMANDS } from "./debug.ts";
import { DUMP_COMMANDS } from "./dump.ts";
import { EVAL_COMMANDS } from "./eval.ts";
import { EXPIRE_COMMANDS } from "./expire.ts";
import { FUNCTION_COMMANDS } from "./function.ts";
import { GEO_COMMANDS } from "./geo.ts";
import { GEO_SEARCH_COMMANDS } from "./geo-search.ts";
import { HASH_COMMANDS } from "./hash.ts";
import { HASH_COUNTER_COMMANDS } from "./hash-counter.ts";
import { HYPERLOGLOG_COMMANDS } from "./hyperloglog.ts";
import { INTROSPECTION_COMMANDS } from "./introspect.ts";
import { KEY_COMMANDS } from "./key.ts";
import { LATENCY_COMMANDS } from "./latency.ts";
import { LIST_COMMANDS } from "./list.ts";
import { LIST_MOVE_COMMANDS } from "./list-move.ts";
import { LIST_SEARCH_COMMANDS } from "./list-search.ts";
import { MEMORY_COMMANDS } from "./memory.ts";
import { MIGRATE_COMMANDS } from "./migrate.ts";
import { PERSISTENCE_COMMANDS } from "./persistence.ts";
import { PUBSUB_COMMANDS } from "./pubsub.ts";
import { RANDOM_MEMBER_COMMANDS } from "./random-members.ts";
import { REPLICATION_COMMANDS } from "./replication.ts";
import { SCAN_COMMANDS } from "./scan.ts";
import { SERVER_COMMANDS } from "./server.ts";
import { SET_COMMANDS } from "./set.ts";
import { SET_ALGEBRA_COMMANDS } from "./set-algebra.ts";
import { SHUTDOWN_COMMANDS } from "./shutdown.ts";
import { SLOWLOG_COMMANDS } from "./slowlog.ts";
import { SORT_COMMANDS } from "./sort.ts";
import { STATUS_COMMANDS } from "./status.ts";
import { STREAM_COMMANDS } from "./stream.ts";
import { STREAM_CLAIM_COMMANDS } from "./stream-claim.ts";
import { STREAM_GROUP_COMMANDS } from "./stream-group.ts";
import { STREAM_INFO_COMMANDS } from "./stream-info.ts";
import { STREAM_READ_COMMANDS } from "./stream-read.ts";
import { STRING_COMMANDS } from "./string.ts";
import { SUBSTRING_COMMANDS } from "./substring.ts";
import { TRANSACTION_COMMANDS } from "./transaction.ts";
import { WAIT_COMMANDS } from "./wait.ts";
import { ZSET_COMMANDS } from "./zset.ts";
import { ZSET_ALGEBRA_COMMANDS } from "./zset-algebra.ts";
import { ZSET_POP_COMMANDS } from "./zset-pop.ts";
import { ZSET_RANGE_COMMANDS } from "./zset-range.ts";

/** Every command by its lower-case name; subcommands are children of theirs. */
export const COMMANDS: ReadonlyMap<string, Command> = buildTable([
  STRING_COMMANDS,
  COUNTER_COMMANDS,
  SUBSTRING_COMMANDS,
  KEY_COMMANDS,
  EXPIRE_COMMANDS,
  SCAN_COMMANDS,
  HASH_COMMANDS,
  HASH_COUNTER_COMMANDS,
  SET_COMMANDS,
  SET_ALGEBRA_COMMANDS,
  RANDOM_MEMBER_COMMANDS,
  ZSET_COMMANDS,
  ZSET_RANGE_COMMANDS,
  ZSET_POP_COMMANDS,
  ZSET_ALGEBRA_COMMANDS,
  GEO_COMMANDS,
  GEO_SEARCH_COMMANDS,
  CONNECTION_COMMANDS,
  CONFIG_COMMANDS,
  AUTH_COMMANDS,
  ACL_COMMANDS,
  INTROSPECTION_COMMANDS,
  DEBUG_COMMANDS,
  MEMORY_COMMANDS,
  STATUS_COMMANDS,
  SERVER_COMMANDS,
  DUMP_COMMANDS,
  PERSISTENCE_COMMANDS,
  LIST_COMMANDS,
  LIST_SEARCH_COMMANDS,
  LIST_MOVE_COMMANDS,
  BITMAP_COMMANDS,
  BITFIELD_COMMANDS,
  HYPERLOGLOG_COMMANDS,
  SORT_COMMANDS,
  STREAM_COMMANDS,
  STREAM_READ_COMMANDS,
  STREAM_GROUP_COMMANDS,
  STREAM_CLAIM_COMMANDS,
  STREAM_INFO_COMMANDS,
  SLOWLOG_COMMANDS,
  LATENCY_COMMANDS,
  TRANSACTION_COMMANDS,
  PUBSUB_COMMANDS,
  SHUTDOWN_COMMANDS,
  MIGRATE_COMMANDS,
  REPLICATION_COMMANDS,
  CLUSTER_COMMANDS,
  WAIT_COMMANDS,
  EVAL_COMMANDS,
  FUNCTION_COMMANDS,
]);

/** Commands and subcommands: one more than the highest id. */
export const COMMAND_COUNT = countIds(COMMANDS.values());

function countIds(commands: Iterable<Command>): number {
  let count = 0;
  for (const command of commands) count += 1 + countIds(command.children?.values() ?? []);
  return count;
}
