// Any shape in any world: nodes and serverless caches under one face. What a shape does is found once for each world, however
// many ways there are to pay for it; what it costs is found for each of them.

import { assert } from "../../assert.ts";
import type { Built } from "../../scenarios/build.ts";
import type { WorldCurve } from "./curve.ts";
import { Evaluator } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { serverlessMonthly } from "./monthly.ts";
import { ServerlessEvaluator } from "./serverless.ts";
import { nodeShapes, type Shape, serverlessShapes } from "./shapes.ts";

export interface Told {
  readonly shape: Shape;
  readonly told: Evaluation;
  /** With clients' traffic across zones and what the origin takes for misses. */
  readonly monthlyUsd: number;
}

export class Judge {
  /** All that may be bought, the cheapest nodes first. */
  readonly shapes: readonly Shape[];
  readonly nodes: Evaluator;
  private readonly serverless: ServerlessEvaluator;
  private readonly known = new WeakMap<WorldCurve, Map<string, Evaluation>>();

  constructor(private readonly built: Built) {
    this.shapes = [...serverlessShapes(built), ...nodeShapes(built)];
    this.nodes = new Evaluator(built);
    this.serverless = new ServerlessEvaluator(built, this.nodes);
  }

  evaluate(shape: Shape, curve: WorldCurve): Evaluation {
    let bodies = this.known.get(curve);
    if (bodies === undefined) this.known.set(curve, (bodies = new Map()));
    let told = bodies.get(shape.body);
    if (told === undefined) {
      told = shape.kind === "nodes" ? this.nodes.evaluate(shape, curve) : this.serverless.evaluate(shape, curve);
      bodies.set(shape.body, told);
    }
    return told;
  }

  tell(shape: Shape, curve: WorldCurve): Told {
    const told = this.evaluate(shape, curve);
    return { shape, told, monthlyUsd: this.ownUsd(shape, told) + told.trafficUsd };
  }

  /** A month without clients' traffic. */
  ownUsd(shape: Shape, { metered, originUsd }: Evaluation): number {
    if (shape.kind === "nodes") return shape.nodesMonthlyUsd + originUsd;
    assert(metered !== null, "a serverless cache is metered");
    const usd = serverlessMonthly(this.built, this.nodes.side(shape.engine), shape, metered);
    assert(usd !== null, "a serverless cache that the book does not price is no shape");
    return usd + originUsd;
  }

  /**
   * The cheapest that holds in a world; null when none does. `shapes`: cheapest nodes first. `withTraffic`: clients that keep
   * to their zone have none.
   */
  cheapest(shapes: readonly Shape[], curve: WorldCurve, withTraffic = true): Told | null {
    let best: Told | null = null;
    for (const shape of shapes) {
      // What nodes cost is the least that a shape costs.
      if (best !== null && shape.kind === "nodes" && shape.nodesMonthlyUsd >= best.monthlyUsd) continue;
      const told = this.evaluate(shape, curve);
      if (!told.fits) continue;
      const monthlyUsd = this.ownUsd(shape, told) + (withTraffic ? told.trafficUsd : 0);
      if (best === null || monthlyUsd < best.monthlyUsd) best = { shape, told, monthlyUsd };
    }
    return best;
  }
}
