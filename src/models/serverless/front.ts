// The place in a node where a serverless cache stands before it: metering and throttling, without the node knowing more.

import type { Node } from "../node.ts";

/** What stands before the nodes of a serverless cache. */
export interface Front {
  /** A request has come; the front sends HELD to the node when it may be served. */
  arrive(node: Node, request: number, generation: number): void;
  /** The node has executed it, with so many bytes both ways and so much time of the engine thread beside moving them. */
  served(node: Node, request: number, bytes: number, vcpuNs: number): void;
}
