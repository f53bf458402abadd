// Reads an append-only file back: a snapshot in front of it if there is one, then call by call. In steps, as the reading of
// snapshots: whoever serves clients may do so in between.

import type { Bytes } from "../bytes.ts";
import type { Engine } from "../engine.ts";
import { type ByteReader, Damaged } from "../rdb/byte-reader.ts";
import { loadFileSteps } from "../rdb/load-file.ts";
import { ErrorReply } from "../reply.ts";
import { Session } from "../session.ts";

export type ReplayEnd =
  /** Nothing at all in the file. */
  | { readonly outcome: "empty" }
  | { readonly outcome: "ok" }
  /** The last call is not whole, or its transaction is not: everything up to `validBytes` has been done. */
  | { readonly outcome: "truncated"; readonly validBytes: number }
  | { readonly outcome: "failed"; readonly problem: string };

const SNAPSHOT_MARKS: ReadonlySet<number> = new Set([0x52, 0x56]);
const STAR = 0x2a;
const DOLLAR = 0x24;
const HASH = 0x23;
/** The longest line of an annotation or a count. */
const MAX_LINE = 1_024;
const CALLS_PER_STEP = 1_024;
const FORMAT = "Bad file format reading the append only file";

/** Replays a file into the engine. Changes are not passed on, and keys do not expire meanwhile. */
export function* replaySteps(engine: Engine, reader: ByteReader): Generator<void, ReplayEnd> {
  if (reader.atEnd) return { outcome: "empty" };
  const { propagation } = engine;
  const { sink } = propagation;
  const loading = engine.isLoading;
  propagation.sink = null;
  engine.isLoading = true;
  try {
    if (SNAPSHOT_MARKS.has(reader.peek())) {
      const result = yield* loadFileSteps(engine, reader, { keepExpired: true });
      engine.persistence.loaded(result);
    }
    return yield* replayCalls(engine, reader);
  } catch (error) {
    if (error instanceof Damaged) return { outcome: "failed", problem: error.message };
    throw error;
  } finally {
    propagation.sink = sink;
    engine.isLoading = loading;
  }
}

/** Replays a file at one go. */
export function replay(engine: Engine, reader: ByteReader): ReplayEnd {
  const steps = replaySteps(engine, reader);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function* replayCalls(engine: Engine, reader: ByteReader): Generator<void, ReplayEnd> {
  const player = new Player(engine);
  const slowly = engine.parameters.number("key-load-delay") !== 0;
  let valid = reader.position;
  let beforeTransaction = valid;
  for (let calls = 1; !reader.atEnd; calls++) {
    let argv: Bytes[];
    try {
      if (reader.peek() === HASH) {
        reader.line(MAX_LINE);
        continue;
      }
      argv = readCall(reader);
    } catch (error) {
      if (error instanceof Damaged && error.short) {
        return { outcome: "truncated", validBytes: player.open ? beforeTransaction : valid };
      }
      throw error;
    }
    const opened = player.open;
    const problem = player.play(argv);
    if (problem !== null) return { outcome: "failed", problem };
    if (!opened && player.open) beforeTransaction = valid;
    valid = reader.position;
    if (calls % CALLS_PER_STEP === 0 || slowly) yield;
  }
  return player.open ? { outcome: "truncated", validBytes: beforeTransaction } : { outcome: "ok" };
}

/** One call. `Damaged` and short: the file ends in it. */
function readCall(reader: ByteReader): Bytes[] {
  const count = readCount(reader, STAR);
  if (count < 1) throw new Damaged(FORMAT);
  const argv: Bytes[] = [];
  for (let i = 0; i < count; i++) {
    const length = readCount(reader, DOLLAR);
    if (length < 0) throw new Damaged(FORMAT);
    argv.push(reader.text(length));
    // What stands here is not looked at: the server does not either.
    reader.text(2);
  }
  return argv;
}

function readCount(reader: ByteReader, mark: number): number {
  if (reader.byte() !== mark) throw new Damaged(FORMAT);
  const count = Number.parseInt(reader.line(MAX_LINE), 10);
  if (Number.isNaN(count)) throw new Damaged(FORMAT);
  return count;
}

/** Runs calls as the server runs those of its own file: nothing is refused, and replies go nowhere. */
class Player {
  private readonly session: Session;
  /** Calls since MULTI; they are done at EXEC, or not at all. */
  private queue: Bytes[][] | null = null;

  constructor(private readonly engine: Engine) {
    this.session = new Session(0, true, engine.nowMs);
  }

  /** A transaction has begun and not ended. */
  get open(): boolean {
    return this.queue !== null;
  }

  /** Why the call makes no sense, or null. */
  play(argv: Bytes[]): string | null {
    const { pipeline } = this.engine;
    const command = pipeline.lookup(argv);
    if (command instanceof ErrorReply) return `Unknown command '${String(argv[0])}' reading the append only file`;
    if (command.name === "multi" && this.queue === null) this.queue = [];
    else if (command.name === "exec") {
      const queue = this.queue ?? [];
      this.queue = null;
      for (const queued of queue) this.run(queued);
    } else if (this.queue !== null) this.queue.push(argv);
    else this.run(argv);
    return null;
  }

  private run(argv: readonly Bytes[]): void {
    const { engine, session } = this;
    const command = engine.pipeline.lookup(argv);
    if (command instanceof ErrorReply) return;
    const { arity } = command;
    if (arity > 0 ? argv.length !== arity : argv.length < -arity) throw new Damaged(FORMAT);
    engine.effort.reset();
    engine.pipeline.nested(session, command, argv);
  }
}
