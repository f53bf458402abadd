// Scripts and functions of one engine: what is cached and loaded, what runs, when it has run for too long. The machine that
// runs Lua is made with the first script.

import type { Bytes } from "../bytes.ts";
import { type Command, SCRIPTED } from "../command.ts";
import type { Engine } from "../engine.ts";
import * as errors from "../errors.ts";
import { NO_SCRIPTS, type ScriptUsage } from "../info/scripts.ts";
import type { EngineProfile } from "../profile.ts";
import { TO_ALL } from "../propagation.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import type { Session } from "../session.ts";
import { type Script, ScriptCache, sha1hex } from "./cache.ts";
import { effectiveFlags, scriptHead } from "./flags.ts";
import { Libraries, type LibraryFunction } from "./libraries.ts";
import {
  INSTRUCTIONS_PER_TURN,
  type LibraryMachine,
  machines,
  type ScriptCall,
  type ScriptMachine,
  type ScriptServer,
} from "./machine.ts";
import { Lrand48 } from "./random.ts";
import { type ScriptKind, ScriptRun, startRefusal } from "./run.ts";

const NOT_BUSY = new ErrorReply("NOTBUSY No scripts in execution right now.");
const FROM_PRIMARY = new ErrorReply(
  "UNKILLABLE The busy script was sent by a master instance in the context of replication and cannot be killed.",
);
const HAS_WRITTEN = new ErrorReply(
  "UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.",
);
const NO_SCRIPT = new ErrorReply("NOSCRIPT No matching script.");
const NO_SCRIPT_BEFORE_80 = new ErrorReply("NOSCRIPT No matching script. Please use EVAL.");

/** FUNCTION LOAD may run for so long. */
const LOAD_LIMIT_MS = 500;

/** Time of one Lua instruction: a turn of an empty loop takes 4.9 ns in 8.0, 6.2 ns before (models/physics.md, 4.2). */
export function instructionNs({ scriptsSince80 }: EngineProfile): number {
  return scriptsSince80 ? 4.9 : 6.2;
}

/** The server's pointers are twice as wide as this Lua's: what scripts hold there takes about half as much again. */
const WIDER = 1.5;
/** In the simulated world nobody could end a script that runs for ever: it is ended after so many instructions. */
const DEFAULT_BUDGET = 2_000_000_000;

export class Scripting {
  readonly cache: ScriptCache;
  readonly libraries: Libraries;
  /** What runs now. */
  current: ScriptRun | null = null;
  /** DEBUG SET-DISABLE-DENY-SCRIPTS: scripts may call what they usually must not. */
  allowsEveryCommand = false;
  /** Milliseconds on a clock that goes on while a script runs; null: time follows from instructions. */
  clockMs: (() => number) | null = null;
  /** Called over and over while a script runs for too long: the owner serves other connections meanwhile. */
  onSlow: (() => void) | null = null;
  /** Instructions after which a script is ended; the owner that can kill scripts sets it to infinity. */
  budget = DEFAULT_BUDGET;

  private readonly numbers = new Lrand48();
  private scriptMachine: ScriptMachine | null = null;
  private libraryMachine: LibraryMachine | null = null;
  private loadStartedMs = 0;
  private turns = 0;
  private readonly server: ScriptServer;

  constructor(private readonly engine: Engine) {
    this.cache = new ScriptCache(engine, sha => this.scriptMachine?.forget(sha));
    this.libraries = new Libraries(engine, () => this.forLibraries);
    this.server = this.serverView();
  }

  private get forScripts(): ScriptMachine {
    this.scriptMachine ??= machines().scripts(this.server);
    return this.scriptMachine;
  }

  private get forLibraries(): LibraryMachine {
    this.libraryMachine ??= machines().libraries(this.server, () => this.libraries.reload());
    return this.libraryMachine;
  }

  /** What INFO says of scripts. */
  get usage(): ScriptUsage {
    const more = (machine: ScriptMachine | LibraryMachine | null) => Math.round((machine?.addedMemory ?? 0) * WIDER);
    return {
      evalVmBytes: NO_SCRIPTS.evalVmBytes + more(this.scriptMachine),
      functionVmBytes: NO_SCRIPTS.functionVmBytes + more(this.libraryMachine),
      cached: this.cache.size,
      cachedBytes: this.cache.bytes,
      evicted: this.cache.evicted,
      libraries: this.libraries.libraryCount,
      functions: this.libraries.functionCount,
      functionBytes: this.libraries.bytes,
    };
  }

  /** Who gets the effects of the call that has just run. */
  get targets(): number {
    return this.current?.targets ?? TO_ALL;
  }

  private get nowMs(): number {
    const { nowMs, profile } = this.engine;
    return this.clockMs?.() ?? nowMs + (this.turns * INSTRUCTIONS_PER_TURN * instructionNs(profile)) / 1e6;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Scripts.

  /** The script of this text, compiled and cached; or the error. `keep`: not to be forgotten (SCRIPT LOAD). */
  define(text: string, keep: boolean): Script | ErrorReply {
    const sha = this.cache.withText(text)?.sha ?? sha1hex(text);
    const known = this.cache.get(sha);
    if (known !== undefined) {
      if (keep) this.cache.keep(known);
      return known;
    }
    const head = scriptHead(text);
    if (typeof head === "string") return new ErrorReply(`ERR ${head}`);
    const problem = this.forScripts.define(sha, head.code);
    if (problem !== null) return new ErrorReply(`ERR Error compiling script (new function): ${problem}`);
    const script: Script = { sha, text, head, evictable: !keep };
    this.cache.add(script);
    return script;
  }

  /** Runs a script for a caller. */
  evaluate(script: Script, call: Omit<ScriptCall, "name">, by: Caller): Reply {
    const { sha, head } = script;
    const run = this.begin("eval", sha, head.flags, by);
    if (run instanceof ErrorReply) return run;
    // A script that broke the machine took the others' compiled code with it.
    if (!this.forScripts.has(sha)) this.forScripts.define(sha, head.code);
    const reply = this.during(run, this.forScripts, machine => machine.run({ name: sha, ...call }));
    this.cache.used(script);
    return reply;
  }

  /** Runs a function of a library for a caller. */
  callFunction(one: LibraryFunction, call: Omit<ScriptCall, "name">, by: Caller): Reply {
    const run = this.begin("function", one.name, one.flags, by);
    if (run instanceof ErrorReply) return run;
    return this.during(run, this.forLibraries, machine => machine.run(one.ref, { name: one.name, ...call }));
  }

  private begin(kind: ScriptKind, name: string, flags: number, by: Caller): ScriptRun | ErrorReply {
    const refusal = startRefusal(this.engine, by.session, flags, by.readOnly);
    if (refusal !== null) return refusal;
    this.turns = 0;
    return new ScriptRun(this.engine, by.session, by.argv, kind, name, flags, by.readOnly, by.slot, this.nowMs);
  }

  private during<M extends ScriptMachine | LibraryMachine>(
    run: ScriptRun,
    machine: M,
    work: (machine: M) => Reply,
  ): Reply {
    const { engine } = this;
    this.current = run;
    const before = machine.instructions;
    try {
      return work(machine);
    } finally {
      engine.effort.instructions += Math.max(0, machine.instructions - before);
      if (run.timedOut) engine.busyScript = null;
      this.current = null;
    }
  }

  /** The error for a script that is not there. */
  get noScript(): ErrorReply {
    return this.engine.profile.scriptsSince80 ? NO_SCRIPT : NO_SCRIPT_BEFORE_80;
  }

  /** SCRIPT FLUSH: a fresh machine, nothing cached. */
  flush(): void {
    this.scriptMachine = null;
    this.cache.clear();
  }

  // -------------------------------------------------------------------------------------------------------------
  // Slow scripts.

  private interrupted(): boolean {
    const { engine } = this;
    const run = this.current;
    if (run === null) return false;
    this.turns++;
    if (this.turns * INSTRUCTIONS_PER_TURN >= this.budget) return true;
    const thresholdMs = engine.parameters.number("busy-reply-threshold");
    if (!run.timedOut) {
      if (thresholdMs === 0 || this.nowMs - run.startedMs < thresholdMs) return false;
      run.timedOut = true;
      engine.busyScript = run.kind;
      const how = run.kind === "eval" ? "SCRIPT KILL" : "FUNCTION KILL";
      engine.host?.log(
        `Slow script detected: still in execution after ${Math.floor(this.nowMs - run.startedMs)} milliseconds. You can try killing the script using the ${how} command. Script name is: ${run.name}.`,
      );
    }
    this.serveOthers();
    return run.killed;
  }

  /** For the script time stands still, whatever the clock says to those who are served meanwhile. */
  private serveOthers(): void {
    const { engine } = this;
    if (this.onSlow === null) return;
    const { nowMs } = engine;
    this.onSlow();
    engine.nowMs = nowMs;
  }

  /** SCRIPT KILL and FUNCTION KILL. */
  kill(kind: ScriptKind): ErrorReply | null {
    const run = this.current;
    if (run === null) return NOT_BUSY;
    if (run.caller.fromPrimary) return FROM_PRIMARY;
    if (run.hasWritten) return HAS_WRITTEN;
    if (run.kind !== kind) return errors.busy(run.kind, this.engine.profile.product);
    run.killed = true;
    return null;
  }

  /** Ends what runs, whatever it has done: the process ends. */
  abort(): void {
    if (this.current !== null) this.current.killed = true;
  }

  /** How long the running script has taken. */
  get runningMs(): number {
    return this.current === null ? 0 : Math.floor(this.nowMs - this.current.startedMs);
  }

  /** FUNCTION LOAD begins: it has half a second, unless a primary wants it. */
  beginLoad(session: Session): void {
    this.turns = 0;
    this.loadStartedMs = session.fromPrimary ? Number.POSITIVE_INFINITY : this.nowMs;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Flags of calls that run scripts.

  /** A command's flags in this call: a script that says what it does changes them. */
  flagsOf(command: Command, argv: readonly Bytes[]): number {
    if ((command.flags & SCRIPTED) === 0 || argv.length < 2) return command.flags;
    const word = argv[1];
    if (typeof word !== "string") return command.flags;
    const flags = this.declaredFlags(command.name, word);
    return flags === null ? command.flags : effectiveFlags(command.flags, flags);
  }

  private declaredFlags(name: string, word: string): number | null {
    if (name.startsWith("fcall")) return this.libraries.function(word)?.flags ?? null;
    if (name.startsWith("evalsha")) return this.cache.get(word)?.head.flags ?? null;
    const known = this.cache.withText(word);
    if (known !== undefined) return known.head.flags;
    const head = scriptHead(word);
    return typeof head === "string" ? null : head.flags;
  }

  // -------------------------------------------------------------------------------------------------------------
  // The server as scripts see it.

  private serverView(): ScriptServer {
    const scripting = this;
    const { engine } = this;
    const { profile } = engine;
    return {
      product: profile.product === "valkey" ? "valkey" : "redis",
      since80: profile.scriptsSince80,
      version: profile.version,
      redisVersion: profile.redisVersion,
      shortDoubles: profile.shortDoubles,
      get resp() {
        return scripting.current?.resp ?? 2;
      },
      set resp(version) {
        if (scripting.current !== null) scripting.current.resp = version;
      },
      call: argv => scripting.current!.call(argv),
      mayCall: argv => {
        const command = engine.pipeline.lookup(argv);
        if (command instanceof ErrorReply) return null;
        return engine.acl.allows(scripting.current!.session, command, argv);
      },
      replicateTo: targets => {
        scripting.current!.targets = targets;
      },
      log: (level, text) => {
        if (level >= LEVELS.indexOf(engine.parameters.text("loglevel"))) engine.host?.log(text);
      },
      interrupted: () => scripting.interrupted(),
      loadTimedOut: () => {
        scripting.turns++;
        return scripting.nowMs - scripting.loadStartedMs > LOAD_LIMIT_MS;
      },
      cpuSeconds: () => {
        const facts = engine.host?.facts();
        return facts === undefined ? scripting.nowMs / 1_000 : facts.userSeconds + facts.systemSeconds;
      },
      random: () => this.numbers.next(),
      seedRandom: seed => this.numbers.seed(seed),
    };
  }
}

const LEVELS: readonly string[] = ["debug", "verbose", "notice", "warning", "nothing"];

/** Who calls a script, and how. */
export interface Caller {
  readonly session: Session;
  readonly argv: readonly Bytes[];
  /** By EVAL_RO and the like. */
  readonly readOnly: boolean;
  /** The slot of the declared keys in a cluster; -1: none. */
  readonly slot: number;
}
