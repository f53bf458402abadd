// Where a node finds the clients that it answers.

/** What a node needs to know of the clients: where they are and how to answer them. */
export interface ClientDirectory {
  /** Zone of a client instance. */
  zoneOf(instance: number): number;
  /** Event target of the client group that the instance belongs to. */
  targetOf(instance: number): number;
}
