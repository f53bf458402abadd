// What nobody publishes of a node's hardware, so that it is a key of the scenario. Times are ns.

import { NS_PER_MINUTE, NS_PER_MS, NS_PER_US } from "../../units.ts";
import type { CreditConfig } from "../hardware/burst-credits.ts";
import type { SwapConfig } from "../hardware/host-memory.ts";
import { type BandwidthLimits, DEFAULT_BANDWIDTH } from "../network.ts";

export interface HardwareConfig {
  readonly credits: CreditConfig;
  readonly network: NetworkConfig;
  readonly swap: SwapConfig;
}

export interface NetworkConfig extends BandwidthLimits {
  /** TCP's least retransmission timeout. */
  readonly retransmitNs: number;
  /** Connections that the host can track; null: no limit is known. */
  readonly trackedConnections: number | null;
}

export const DEFAULT_HARDWARE: HardwareConfig = {
  credits: { startShare: 1, throttleOverNs: 15 * NS_PER_MINUTE },
  network: { ...DEFAULT_BANDWIDTH, retransmitNs: 200 * NS_PER_MS, trackedConnections: null },
  swap: { share: 0.25, pageInNs: 500 * NS_PER_US },
};
