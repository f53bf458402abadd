// A process that stands still (SIGSTOP, a stalled disk, a hypervisor's pause): the host answers, the process does not.
//
//   requests      the kernel puts them into socket buffers; the process executes them when it goes on, those whose sender
//                 has given up too, for they are in the buffer
//   connections   the kernel completes them up to the backlog, the rest try again by SYN timer (listener.ts)
//   promised      what the engine was to finish after this instant, it finishes as much later as it stood still; a child
//                 that saves goes on
//
// Left out: bounds of socket buffers, half-open connections that the server goes on counting.

import type { Bytes } from "../../engine/bytes.ts";
import { REQUEST } from "../messages.ts";
import type { Requests } from "../requests.ts";

/** A command as it stands in a socket's buffer, whether its sender still waits or not. */
export interface Unanswered {
  readonly argv: readonly Bytes[];
  /** How it asks: ORDINARY, READONLY or ASKING. */
  readonly session: number;
}

/** An event that waits for the process. */
interface Held {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly unanswered: Unanswered | null;
}

/** What a frozen node's kernel has taken. */
export class Freeze {
  readonly held: Held[] = [];
  /** Requests whose answers it had promised for later. */
  readonly promised: { readonly request: number; readonly generation: number }[] = [];

  constructor(
    readonly sinceNs: number,
    private readonly requests: Requests,
  ) {}

  hold(kind: number, a: number, b: number): void {
    if (kind !== REQUEST) {
      this.held.push({ kind, a, b, unanswered: null });
      return;
    }
    const { generation, argv, session } = this.requests;
    if (generation[a] !== b) return;
    this.held.push({ kind, a, b, unanswered: { argv: argv[a], session: session[a] } });
  }
}
