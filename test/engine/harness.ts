// An engine and a way to talk to it in one line, for the tests of commands.

import type { Bytes } from "../../src/engine/bytes.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { EngineOptions } from "../../src/engine/engine-options.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import type { Session } from "../../src/engine/session.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { type Wire, wire } from "./wire.ts";

/** The engines of the tests live in the present: absolute times look like those of a server. */
export const NOW_MS = 1_700_000_000_000;

export interface TestEngineOptions extends Omit<Partial<EngineOptions>, "profile" | "random"> {
  readonly profile?: string;
  readonly seed?: string;
}

export function testEngine({ profile = "redis-7.0", seed = "test", ...options }: TestEngineOptions = {}): Engine {
  return new Engine({ nowMs: NOW_MS, ...options, profile: engineProfile(profile)!, random: randomFrom(seed) });
}

export interface Talk {
  readonly engine: Engine;
  readonly session: Session;
  /** Runs a call, words separated by spaces or given apart; what a RESP2 client would see. */
  (line: string, ...rest: Bytes[]): Wire;
}

/** Talks to the engine on a session of its own. */
export function talkTo(engine: Engine, session: Session = engine.session(1)): Talk {
  const talk = (line: string, ...rest: Bytes[]): Wire => wire(engine.execute(session, [...line.split(" "), ...rest]));
  return Object.assign(talk, { engine, session });
}

/** A fresh engine to talk to. */
export function talk(options?: TestEngineOptions): Talk {
  return talkTo(testEngine(options));
}

/** Moves the engine's clock by so many ms, without its cron. */
export function pass(engine: Engine, ms: number): void {
  engine.setTime(engine.nowMs + ms);
}
