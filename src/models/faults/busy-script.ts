// A script that runs for long. Until lua-time-limit (busy-reply-threshold) nobody is served. From then on the server looks
// up from the script now and again, answers BUSY to whoever asks, and takes SCRIPT KILL; the thread is full all the time.
// SCRIPT KILL ends a script that has only read; one that has written can be waited for, or the process can be ended
// (UNKILLABLE). A script ends by itself after `runsNs`; Infinity: never.
//
// Time of a script is time of the node's thread: `runsNs` is what it takes there. The server looks up every 100,000
// instructions, about half a millisecond; here every 2 ms.

import type { Simulation } from "../../sim/simulation.ts";
import type { Node } from "../node.ts";

const SLICE_NS = 2e6;

export interface ScriptPlan {
  readonly runsNs: number;
  readonly hasWritten: boolean;
  /** How it stands in the slow log. */
  readonly argv: readonly string[];
  /** It has ended, or its process has. */
  ended(how: "done" | "killed" | "gone"): void;
}

export class BusyScript {
  /** When it began, and from when on others hear BUSY; Infinity: it ends before. */
  readonly startNs: number;
  readonly busyFromNs: number;
  private readonly incarnation: number;
  private isOver = false;

  constructor(
    readonly node: Node,
    private readonly plan: ScriptPlan,
    private readonly sim: Simulation,
  ) {
    const { engine } = node;
    const limitNs = engine.parameters.number("busy-reply-threshold") * 1e6;
    this.incarnation = node.incarnation;
    this.startNs = node.freeAtNs;
    // 0: it never looks up.
    const silentNs = Math.min(limitNs === 0 ? Number.POSITIVE_INFINITY : limitNs, plan.runsNs);
    const endsSilent = silentNs === plan.runsNs;
    // Whoever comes before the limit is served after it, and finds the script still running.
    if (!endsSilent) engine.busyScript = "eval";
    const free = node.block(silentNs);
    this.busyFromNs = endsSilent ? Number.POSITIVE_INFINITY : free;
    sim.after(free - sim.now, "script", () => (endsSilent ? this.end(this.isGone ? "gone" : "done") : this.slice()));
  }

  private get isGone(): boolean {
    return this.node.incarnation !== this.incarnation || this.node.state === "removed";
  }

  /** The script goes on, and looks up. */
  private slice(): void {
    if (this.isOver) return;
    if (this.isGone) return this.end("gone");
    const { node, sim, plan } = this;
    if (sim.now - this.startNs >= plan.runsNs) return this.end("done");
    if (node.state === "up" && node.backlogNs < SLICE_NS) node.block(SLICE_NS - node.backlogNs);
    sim.after(SLICE_NS, "script", () => this.slice());
  }

  /** SCRIPT KILL: whether it ends it. */
  kill(): boolean {
    if (this.isOver || this.isGone || this.plan.hasWritten || this.sim.now < this.busyFromNs) return false;
    this.end("killed");
    return true;
  }

  private end(how: "done" | "killed" | "gone"): void {
    this.isOver = true;
    const { node, plan, sim } = this;
    if (how === "gone") return plan.ended(how);
    node.engine.busyScript = null;
    node.effort.slow.noted(sim.now - this.startNs, plan.argv);
    plan.ended(how);
  }
}
