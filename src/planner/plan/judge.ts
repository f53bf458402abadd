// Any shape in any world: nodes and serverless caches under one face.

import type { Built } from "../../scenarios/build.ts";
import type { WorldCurve } from "./curve.ts";
import { type Evaluation, Evaluator } from "./evaluate.ts";
import { ServerlessEvaluator } from "./serverless.ts";
import { nodeShapes, type Shape, serverlessShapes } from "./shapes.ts";

export class Judge {
  readonly nodes: Evaluator;
  private readonly serverless: ServerlessEvaluator;

  constructor(built: Built) {
    this.nodes = new Evaluator(built);
    this.serverless = new ServerlessEvaluator(built, this.nodes);
  }

  /** `detail`: percentiles as numbers; without it only whether they hold. */
  evaluate(shape: Shape, curve: WorldCurve, detail = true): Evaluation {
    if (shape.kind === "nodes") return this.nodes.evaluate(shape, curve, detail);
    return this.serverless.evaluate(shape, curve, detail);
  }

  /** Every shape that may be bought, the cheapest of this world first, with what it is worth there. */
  rank(built: Built, curve: WorldCurve): { readonly shape: Shape; readonly told: Evaluation }[] {
    return [...nodeShapes(built), ...serverlessShapes(built)]
      .map(shape => ({ shape, told: this.evaluate(shape, curve, false) }))
      .sort((a, b) => a.told.monthlyUsd - b.told.monthlyUsd);
  }

  /** The cheapest that holds in a world; null when none does. `shapes`: cheapest nodes first. */
  cheapest(shapes: readonly Shape[], curve: WorldCurve): { readonly shape: Shape; readonly told: Evaluation } | null {
    let best: { shape: Shape; told: Evaluation } | null = null;
    for (const shape of shapes) {
      // What nodes cost is the least that a shape costs.
      if (best !== null && shape.kind === "nodes" && shape.nodesMonthlyUsd >= best.told.monthlyUsd) continue;
      const told = this.evaluate(shape, curve, false);
      if (told.fits && (best === null || told.monthlyUsd < best.told.monthlyUsd)) best = { shape, told };
    }
    return best;
  }
}
