// Availability from an instant on: the share of the requests that ended since and did not fail, in percent; those that were
// answered without the cache count. Of everybody or of one group of clients; null where no request has ended.

import { FAILED } from "../models/outcome.ts";
import type { World } from "../models/world.ts";

export class Availability {
  private readonly before: readonly Float64Array[];

  constructor(private readonly world: World) {
    this.before = this.soFar();
  }

  private soFar(): Float64Array[] {
    return this.world.traffic.map(({ index }) => this.world.recorder.soFar(index));
  }

  percent(group?: number): number | null {
    let ended = 0;
    let failed = 0;
    this.soFar().forEach((now, index) => {
      if (group !== undefined && this.world.traffic[index].config.client !== group) return;
      for (let outcome = 0; outcome < now.length; outcome++) ended += now[outcome] - this.before[index][outcome];
      failed += now[FAILED] - this.before[index][FAILED];
    });
    return ended === 0 ? null : 100 * (1 - failed / ended);
  }
}
