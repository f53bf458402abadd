// A command that holds the engine thread: run once on a node, as an operator or a careless application runs it.

import type { Bytes } from "../engine/bytes.ts";
import { ErrorReply } from "../engine/reply.ts";
import type { Node } from "../models/node.ts";
import { CONTROL_SESSION } from "../models/node-sessions.ts";
import { followAftermath } from "./aftermath.ts";
import type { DrillContext } from "./drill.ts";

/** Runs it now and follows what comes of it. `boundBy` says what decides how long it takes. */
export function runBlocking(context: DrillContext, node: Node, argv: readonly Bytes[], boundBy: string): void {
  const { report, world } = context;
  const startNs = node.freeAtNs;
  const reply = node.runOwn(argv, node.cpu.turnNs);
  const endNs = node.freeAtNs;
  report.target = node.name;
  if (reply instanceof ErrorReply) report.refused = reply.text;
  const words = argv.map(word => (typeof word === "string" ? word : `${word.length} bytes`)).join(" ");
  world.log.add(node.name, `${words} holds the engine thread for ${((endNs - startNs) / 1e6).toFixed(1)} ms`);
  report.figures.blockedMs = (endNs - startNs) / 1e6;
  report.phases.push({ name: "blocked", startNs, endNs, boundBy });
  followAftermath(context, [node], endNs);
}

/** Runs commands that prepare a scene: they change the keyspace and take no time. */
export function prepare(node: Node, commands: Iterable<readonly Bytes[]>): void {
  const { engine } = node;
  const session = engine.session(CONTROL_SESSION, true);
  const { replicate } = engine;
  engine.replicate = null;
  for (const argv of commands) engine.execute(session, argv);
  engine.replicate = replicate;
}
