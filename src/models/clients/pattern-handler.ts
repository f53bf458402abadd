// Who is told of the end of a command: the workload's pattern, or who stands between it and the client.

import type { Reply } from "../../engine/reply.ts";
import type { Failure } from "../requests.ts";

/** What a client does for a workload: told when a command is over. */
export interface PatternHandler {
  /** The command was answered; errors of the server that are not worth a retry come here too. */
  replied(request: number, reply: Reply): void;
  /** All tries came to nothing. */
  failed(request: number, failure: Failure): void;
}
