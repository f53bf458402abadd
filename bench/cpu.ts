/** CPU seconds (user and system) that the process spends in `work`: a neighbour's load weighs less than on wall time. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return cpuSecondsSince(before);
}

/** The same for what cannot be handed over as one function: work that waits for promises. */
export function cpuSecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
