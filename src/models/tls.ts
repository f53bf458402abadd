// What opening an encrypted connection costs the server, in CPU time of the reference core, and in round trips.
//
// Measured per new connection on a crowded machine (models/physics.md, 4.3; a plain one taken off): TLS 1.3 RSA-2048
// 0.92 ms, P-256 0.50 ms; TLS 1.2 0.87 and 0.36 ms, resumed 0.25 and 0.27 ms. On a core of its own 0.35-0.5 ms are to be
// expected for RSA and 0.15-0.25 ms for P-256; all are scaled alike, to 0.42 ms for the first. Published: 1-3 ms for RSA,
// 0.15 ms for P-256, 0.05 ms resumed.
//
// Left out: verifying certificates of clients (mutual TLS), session tickets that expire, the client's own share
// (`connectWork`).

import type { TlsConfig } from "./config.ts";

export type Certificate = "rsa-2048" | "ecdsa-p256";

interface Handshake {
  /** Reference core. */
  readonly cpuNs: number;
  /** Between TCP's handshake and the first command. */
  readonly trips: number;
}

const FULL: Readonly<Record<TlsConfig["version"], Readonly<Record<Certificate, Handshake>>>> = {
  "1.3": { "rsa-2048": { cpuNs: 420_000, trips: 1 }, "ecdsa-p256": { cpuNs: 225_000, trips: 1 } },
  "1.2": { "rsa-2048": { cpuNs: 400_000, trips: 2 }, "ecdsa-p256": { cpuNs: 165_000, trips: 2 } },
};

/** Without a signature; that of 1.3 still agrees on a key (assumed: 20 us more than 1.2, which was measured). */
const RESUMED: Readonly<Record<TlsConfig["version"], Handshake>> = {
  "1.3": { cpuNs: 140_000, trips: 1 },
  "1.2": { cpuNs: 120_000, trips: 1 },
};

export function handshake({ version, resume }: TlsConfig, certificate: Certificate): Handshake {
  return resume ? RESUMED[version] : FULL[version][certificate];
}
