// How a call goes through the engine: look the command up, pass the gates, queue it or run it, hand its effects to replicas,
// serve those who waited for what it did. Scripts and EXEC come in again from inside, through `nested`.

import { type Bytes, textOf } from "./bytes.ts";
import { ADMIN, type Command, READONLY } from "./command.ts";
import { Context } from "./context.ts";
import type { Engine } from "./engine.ts";
import * as errors from "./errors.ts";
import { commonSlot, refusalOf, runsInTransaction, waitsForFailover } from "./gates.ts";
import { feedMonitors } from "./monitors.ts";
import { BLOCKED, ErrorReply, QUEUED, type Reply } from "./reply.ts";
import type { Session } from "./session.ts";

/** Calls in calls: a script in EXEC, a command in that script, a function in that. */
const DEEPEST = 8;

/** Why a command may change arbitrary keys on the way (by expiring them): its effects form no transaction. */
const TOUCHES_ARBITRARY: ReadonlySet<string> = new Set(["randomkey", "scan"]);

/** Errors that send a client elsewhere: for them EXEC needs no words of its own. */
const REDIRECTIONS: ReadonlySet<string> = new Set(["MOVED", "ASK", "CROSSSLOT", "TRYAGAIN", "CLUSTERDOWN", "REDIRECT"]);

export class Pipeline {
  private readonly contexts: Context[];
  private depth = 0;
  /** The slot that the outermost call's costs belong to; a script may say it later, or that there is none. */
  callSlot = -1;

  constructor(private readonly engine: Engine) {
    this.contexts = Array.from({ length: DEEPEST }, (_, depth) => new Context(engine, depth));
  }

  /** The command that these words call, or the error that says why there is none. */
  lookup(argv: readonly Bytes[]): Command | ErrorReply {
    const name = argv[0];
    const command = this.engine.command(typeof name === "string" ? name : textOf(name));
    if (command === undefined) return errors.unknownCommand(argv.map(textOf));
    if (command.children === null || argv.length === 1) return command;
    const word = textOf(argv[1]);
    const child = command.children.get(word) ?? command.children.get(word.toLowerCase());
    return child ?? errors.unknownSubcommand(command.name, word);
  }

  execute(session: Session, argv: readonly Bytes[], givenSlot: number, hash: number | undefined): Reply {
    const { engine } = this;
    engine.effort.reset();
    session.holding = true;
    const found = this.lookup(argv);
    let reply: Reply;
    if (found instanceof ErrorReply) reply = this.reject(session, found, null);
    else if (isWrongArity(found, argv)) reply = this.reject(session, errors.wrongArity(found.fullName), found);
    else reply = this.process(session, found, argv, givenSlot, hash);
    session.holding = false;
    return reply;
  }

  /** After a handler has thrown: no call is under way any longer. What it had changed stays and is told to replicas. */
  recover(session: Session): void {
    const { engine } = this;
    this.depth = 0;
    engine.propagation.depth = 0;
    engine.propagation.flush(true);
    engine.currentSession = null;
    session.holding = false;
  }

  /** Runs a parked call again. */
  resume(session: Session, command: Command, argv: readonly Bytes[]): Reply {
    session.holding = true;
    const reply = this.process(session, command, argv, -1, undefined);
    session.holding = false;
    return reply;
  }

  private process(
    session: Session,
    command: Command,
    argv: readonly Bytes[],
    givenSlot: number,
    hash: number | undefined,
  ): Reply {
    const { engine } = this;
    engine.lastCommandId = command.id;
    session.lastCommand = command.fullName;
    let slot = givenSlot;
    if (engine.cluster !== null && slot === -1 && command.hasKeys && !session.fromPrimary) {
      slot = commonSlot(command, argv);
    }
    const { transaction } = session;
    if (engine.cluster !== null && transaction !== null && command.name === "exec") slot = transactionSlot(session);
    if (session.redirects && waitsForFailover(engine, session, command)) {
      engine.blocking.postpone(session, command, argv);
      return BLOCKED;
    }
    const refusal = refusalOf(engine, session, command, argv, slot);
    if (refusal !== null) return this.reject(session, refusal, command);
    if (engine.pause.holds(session, command, argv)) {
      engine.blocking.postpone(session, command, argv);
      return BLOCKED;
    }
    if (transaction !== null && !runsInTransaction(command)) {
      transaction.add({ command, argv, slot }, engine.scripting.flagsOf(command, argv));
      if (slot >= 0) engine.clusterState?.stats.countQueued(slot, session);
      return QUEUED;
    }
    const reply = this.run(session, command, argv, slot, hash);
    // Time that the call took by definition has passed before anybody else is served.
    if (engine.onHold !== null && engine.effort.fixedNs > 0) {
      engine.onHold(engine.effort.fixedNs);
      engine.effort.fixedNs = 0;
    }
    // What is served while a slow script runs must not wake those who wait for what the script does.
    if (engine.blocking.hasReady && this.depth === 0) engine.blocking.serveReady();
    return reply;
  }

  /** Runs a command from inside another one; the gates are the caller's business. */
  nested(session: Session, command: Command, argv: readonly Bytes[], slot = -1): Reply {
    const outer = this.engine.lastCommandId;
    const before = this.engine.effort.elements;
    const reply = this.run(session, command, argv, slot, undefined);
    this.engine.effort.addNested(command.id, this.engine.effort.elements - before);
    this.engine.lastCommandId = outer;
    return reply;
  }

  private run(
    session: Session,
    command: Command,
    argv: readonly Bytes[],
    slot: number,
    hash: number | undefined,
  ): Reply {
    const { engine, depth } = this;
    const context = this.contexts[depth];
    const { propagation, replication } = engine;
    const streamBefore = replication.offset;
    if (depth === 0) {
      engine.currentSession = session;
      this.callSlot = slot;
    }
    const usBefore = engine.counters.usec[command.id];
    // What administers the server is not shown, what was parked only once, and EXEC behind what it ran.
    const monitored = engine.monitors.size > 0 && (command.flags & ADMIN) === 0 && !(depth === 0 && session.resumed);
    const isExec = command.name === "exec";
    if (monitored && !isExec) feedMonitors(engine, session, command, argv, depth);
    this.depth = propagation.depth = depth + 1;
    const stretch = engine.durations.start();
    context.begin(session, command, argv, slot, hash === undefined ? null : (argv[1] as string), hash ?? 0);
    const reply = command.run(context, argv);
    if (monitored && isExec) feedMonitors(engine, session, command, argv, depth);
    context.finish(argv);
    this.depth = propagation.depth = depth;
    // ASKING holds for the one call that follows it, refused or not.
    if (session.asking && command.name !== "asking") session.asking = false;
    // Counted afterwards: INFO does not see itself, and CONFIG RESETSTAT leaves one call, its own.
    // A call that waits is counted when it has its reply.
    if (reply !== BLOCKED) {
      (engine.currentSession ?? session).calls++;
      engine.counters.count(command, reply);
      if (stretch !== null) engine.durations.endCall(stretch, session, command, argv);
    }
    if (engine.tracking.clients > 0) this.track(session, command, argv);
    if (depth === 0) {
      propagation.flush(!TOUCHES_ARBITRARY.has(command.name));
      if (replication.offset !== streamBefore) session.writeOffset = replication.offset;
      if (engine.role === "replica" && !session.fromPrimary && context.dirty > 0) {
        replication.localKeys.note(context.db.index, command, argv);
      }
      if (engine.clusterState !== null && this.callSlot >= 0) {
        const us = engine.counters.usec[command.id] - usBefore;
        engine.clusterState.stats.countCall(this.callSlot, us, session, command, reply);
      }
      if (engine.tracking.clients > 0) engine.tracking.flushOwn(session);
      engine.currentSession = null;
    }
    return reply;
  }

  private track(session: Session, command: Command, argv: readonly Bytes[]): void {
    // A script's reads are those of the connection that called it.
    const reader = this.engine.currentSession?.tracking ? this.engine.currentSession : session;
    if (reader.tracking === null) return;
    // What a script reads is tracked as it reads it; the keys that it was given say nothing.
    const reads = (command.flags & READONLY) !== 0 && command.spec.group !== "scripting";
    if (reads) this.engine.tracking.remember(reader, command, argv);
    if (this.depth === 0 && command.fullName !== "client|caching") reader.tracking.caching = false;
  }

  private reject(session: Session, error: ErrorReply, command: Command | null): ErrorReply {
    session.asking = false;
    this.engine.counters.countRejection(command, error);
    const { transaction } = session;
    if (transaction === null) return error;
    if (command?.name !== "exec") {
      transaction.failed = true;
      return error;
    }
    this.engine.discard(session);
    if (REDIRECTIONS.has(error.code)) return error;
    return new ErrorReply(`EXECABORT Transaction discarded because of: ${error.text}`);
  }
}

function isWrongArity({ arity }: Command, argv: readonly Bytes[]): boolean {
  return arity > 0 ? argv.length !== arity : argv.length < -arity;
}

/** The slot of all that a transaction has queued. */
function transactionSlot(session: Session): number {
  let slot = -1;
  for (const queued of session.transaction!.queue) {
    if (queued.slot < 0) continue;
    if (slot !== -1 && queued.slot !== slot) return -2;
    slot = queued.slot;
  }
  return slot;
}
