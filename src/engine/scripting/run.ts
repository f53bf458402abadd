// One run of a script: whether it may begin, and what each of its calls has to pass.

import { type Bytes, textOf } from "../bytes.ts";
import { type Command, DENYOOM, MAY_REPLICATE, NOSCRIPT, STALE, WRITE } from "../command.ts";
import type { Engine } from "../engine.ts";
import * as errors from "../errors.ts";
import { commonSlot, DIFFERENT_SLOTS } from "../gates.ts";
import { TO_ALL } from "../propagation.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import { Session } from "../session.ts";
import { ALLOW_CROSS_SLOT, ALLOW_OOM, ALLOW_STALE, COMPATIBLE, NO_CLUSTER, NO_WRITES } from "./flags.ts";

const NO_CLUSTER_ALLOWED = new ErrorReply("ERR Can not run script on cluster, 'no-cluster' flag is set.");
const STALE_REPLICA = new ErrorReply(
  "MASTERDOWN Link with MASTER is down, replica-serve-stale-data is set to 'no' and 'allow-stale' flag is not set on the script.",
);
const READ_ONLY_REPLICA = new ErrorReply("READONLY Can not run script with write flag on readonly replica");
const RO_COMMAND = new ErrorReply("ERR Can not execute a script with write flag using *_ro command.");
const OUT_OF_MEMORY = new ErrorReply(
  "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'",
);

const READ_ONLY_SCRIPT = new ErrorReply("ERR Write commands are not allowed from read-only scripts.");
const NOT_FROM_SCRIPT = new ErrorReply("ERR This Redis command is not allowed from script");
const STALE_CALL = new ErrorReply("ERR Can not execute the command on a stale replica");
const OTHER_SLOT = new ErrorReply("ERR Script attempted to access keys that do not hash to the same slot");
const CLUSTER_DOWN = new ErrorReply("ERR Script attempted to execute a command while the cluster is down");
const CLUSTER_READ_ONLY = new ErrorReply(
  "ERR Script attempted to execute a write command while the cluster is down and readonly",
);
const NOT_SERVED = new ErrorReply("ERR Script attempted to access a slot not served");
const NOT_LOCAL = new ErrorReply("ERR Script attempted to access a non local key in a cluster node");

export type ScriptKind = "eval" | "function";

/** Why a script may not begin, or null. */
export function startRefusal(
  engine: Engine,
  caller: Session,
  flags: number,
  readOnlyCommand: boolean,
): ErrorReply | null {
  const { settings } = engine;
  const stale = isStale(engine);
  if ((flags & COMPATIBLE) !== 0) return stale ? errors.PRIMARY_DOWN : null;
  if ((flags & NO_CLUSTER) !== 0 && engine.parameters.flag("cluster-enabled")) return NO_CLUSTER_ALLOWED;
  if (stale && (flags & ALLOW_STALE) === 0) return STALE_REPLICA;
  if ((flags & NO_WRITES) === 0) {
    if (engine.role === "replica" && settings.replicaReadOnly && !caller.fromPrimary) return READ_ONLY_REPLICA;
    const broken = caller.fromPrimary ? null : engine.persistence.refusal();
    if (broken !== null) return broken;
    if (readOnlyCommand) return RO_COMMAND;
    if (engine.role === "primary" && engine.goodReplicas < settings.minReplicasToWrite) return errors.NO_REPLICAS;
  }
  const mayUseMemory = (flags & (ALLOW_OOM | NO_WRITES)) !== 0;
  return engine.outOfMemory && settings.maxmemory > 0 && !mayUseMemory ? OUT_OF_MEMORY : null;
}

function isStale({ role, linkUp, settings }: Engine): boolean {
  return role === "replica" && !linkUp && !settings.replicaServeStaleData;
}

/** The error that a cluster's refusal is inside a script. */
function clusterError(refusal: ErrorReply, command: Command): ErrorReply {
  const { code, text } = refusal;
  if (code === "TRYAGAIN") {
    return new ErrorReply(
      `ERR Unable to execute command '${command.fullName}' in script because undeclared keys were accessed during rehashing of the slot`,
    );
  }
  if (code !== "CLUSTERDOWN") return NOT_LOCAL;
  if (text.includes("not served")) return NOT_SERVED;
  return text.includes("read-only") ? CLUSTER_READ_ONLY : CLUSTER_DOWN;
}

export class ScriptRun {
  /** The calls' own session: SELECT and the protocol's version are the script's business. */
  readonly session: Session;
  resp: 2 | 3 = 2;
  targets = TO_ALL;
  /** It has changed data: it can no longer be killed, nor be refused anything for the state of the server. */
  hasWritten = false;
  killed = false;
  timedOut = false;
  private slot: number;
  private readonly readOnly: boolean;
  private readonly mayExceedMemory: boolean;
  private readonly mayCrossSlots: boolean;

  constructor(
    private readonly engine: Engine,
    readonly caller: Session,
    readonly callerArgv: readonly Bytes[],
    readonly kind: ScriptKind,
    /** SHA-1 or function name. */
    readonly name: string,
    flags: number,
    readOnlyCommand: boolean,
    slot: number,
    readonly startedMs: number,
  ) {
    const compatible = (flags & COMPATIBLE) !== 0;
    this.readOnly = readOnlyCommand || (!compatible && (flags & NO_WRITES) !== 0);
    this.mayExceedMemory = !compatible && (flags & ALLOW_OOM) !== 0;
    this.mayCrossSlots = compatible || (flags & ALLOW_CROSS_SLOT) !== 0;
    this.slot = slot;
    this.session = new Session(0, caller.fromPrimary, engine.nowMs);
    this.session.db = caller.db;
    this.session.user = caller.user;
    this.session.readonly = caller.readonly;
    this.session.asking = caller.asking;
    this.session.isScript = true;
  }

  /** redis.call: looks the command up, passes what a script's call has to pass, and runs it. */
  call(argv: readonly string[]): Reply {
    const { engine, session } = this;
    const found = engine.pipeline.lookup(argv);
    if (found instanceof ErrorReply) return this.refuse(this.unknownCommand, null);
    const { arity } = found;
    if (arity > 0 ? argv.length !== arity : argv.length < -arity) return this.refuse(this.wrongArity, found);
    const refusal = this.refusalOf(found, argv);
    if (refusal !== null) return this.refuse(refusal, found);
    if ((found.flags & WRITE) !== 0) this.hasWritten = true;
    let slot = -1;
    if (engine.cluster !== null && !session.fromPrimary) {
      slot = commonSlot(found, argv);
      const misplaced = this.slotRefusal(found, slot);
      if (misplaced !== null) return this.refuse(misplaced, found);
    }
    session.resp = this.resp;
    // For a script time stands still, even when one of its calls takes some (DEBUG SLEEP).
    const { nowMs } = engine;
    const reply = engine.pipeline.nested(session, found, argv, slot);
    engine.nowMs = nowMs;
    return reply;
  }

  /** Before 8.0 the texts named the product. */
  private get product(): string {
    return this.engine.profile.scriptsSince80 ? "" : "Redis ";
  }

  private get unknownCommand(): ErrorReply {
    return new ErrorReply(`ERR Unknown ${this.product}command called from script`);
  }

  private get wrongArity(): ErrorReply {
    return new ErrorReply(`ERR Wrong number of args calling ${this.product}command from script`);
  }

  private refuse(error: ErrorReply, command: Command | null): ErrorReply {
    this.engine.counters.countRejection(command, error);
    return error;
  }

  private refusalOf(command: Command, argv: readonly string[]): ErrorReply | null {
    const { engine, session } = this;
    const { flags } = command;
    if ((flags & NOSCRIPT) !== 0 && !engine.debug.scriptsMayCallAll) return NOT_FROM_SCRIPT;
    if (isStale(engine) && (flags & STALE) === 0) return STALE_CALL;
    if (engine.access !== null) {
      const denied = engine.acl.checkIn(session, command, argv, "lua");
      if (denied !== null) {
        return new ErrorReply(`ERR ACL failure in script: ${denied.text.slice("NOPERM ".length)}`);
      }
    }
    if (this.readOnly && (flags & (WRITE | MAY_REPLICATE)) !== 0) return READ_ONLY_SCRIPT;
    const write = (flags & WRITE) !== 0;
    if (write && !this.hasWritten) {
      if (engine.role === "replica" && engine.settings.replicaReadOnly && !session.fromPrimary) return errors.READ_ONLY;
      const broken = engine.persistence.refusal();
      if (broken !== null) return broken;
      if (engine.role === "primary" && engine.goodReplicas < engine.settings.minReplicasToWrite) {
        return errors.NO_REPLICAS;
      }
    }
    const outOfMemory = engine.outOfMemory && engine.settings.maxmemory > 0 && (flags & DENYOOM) !== 0;
    if (outOfMemory && !this.mayExceedMemory && !this.hasWritten && !session.fromPrimary) return errors.OOM;
    return null;
  }

  /** In a cluster: every key must be here, and those of a script that declares flags in one slot. */
  private slotRefusal(command: Command, slot: number): ErrorReply | null {
    if (slot === -1) return null;
    if (slot === DIFFERENT_SLOTS) {
      return new ErrorReply(
        `ERR Command '${command.fullName}' in script attempted to access keys that don't hash to the same slot`,
      );
    }
    const refusal = this.engine.cluster!.refusal(slot, this.session, command);
    if (refusal !== null) return clusterError(refusal, command);
    const { pipeline } = this.engine;
    if (this.mayCrossSlots) {
      pipeline.callSlot = -1;
      return null;
    }
    if (this.slot === -1) this.slot = pipeline.callSlot = slot;
    return this.slot === slot ? null : OTHER_SLOT;
  }

  /** The caller's words as they came, for FUNCTION STATS. */
  get callerWords(): string[] {
    return this.callerArgv.map(textOf);
  }
}
