// A ready workload: keys of a scenario's workload, as somebody who knows that use of a cache would write them. A scenario
// names it with «use:», and whatever it writes itself takes the place of what stands here.

export interface ReadyWorkload {
  readonly name: string;
  readonly summary: string;
  /** Where its shape comes from; figures that nobody has published are assumptions. */
  readonly source: string;
  /** As in the scenario's grammar, without a name. */
  readonly workload: Readonly<Record<string, unknown>>;
}
