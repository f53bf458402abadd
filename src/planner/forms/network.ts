// Bandwidth of a node's interface. What is asked for in the mean must fit the baseline; what is asked for at the peak must
// fit the burst rate, and lasts as long as the credits do (models/network.ts: five minutes at full burst, assumed).

import type { NodeType } from "../../catalog/nodes.ts";
import { HEADER_BYTES } from "../../models/network.ts";
import { BYTES_PER_GBIT } from "../../units.ts";

export interface Interface {
  /** Share of the baseline that is asked for in the busier direction; above 1 credits are spent. */
  readonly ofBaseline: number;
  /** The same of the burst rate. */
  readonly ofBurst: number;
}

/** Bytes on the wire of so many messages. */
export function wireBytes(payload: number, messages: number): number {
  return payload + messages * HEADER_BYTES;
}

/** Use of the interface at so many bytes a second in and out. */
export function interfaceUse({ network }: NodeType, bytesIn: number, bytesOut: number): Interface {
  const busier = Math.max(bytesIn, bytesOut) / BYTES_PER_GBIT;
  return {
    ofBaseline: busier / network.baselineGbps,
    ofBurst: busier / (network.burstGbps ?? network.baselineGbps),
  };
}
