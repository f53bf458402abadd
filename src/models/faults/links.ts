// Faults of the network between any two parties: nodes, and the clients of a zone.
//
// A packet from one party to another gets through, is lost with a probability, or comes later. TCP hides a lost packet
// behind a retransmission, so that it is a delay, and at last a broken connection:
//
//   wait of the k-th retransmission = RTO * 2^(k-1), at most 120 s; after 15 of them (924.6 s) the sender gives up
//   RTO = 200 ms    Linux's least (TCP_RTO_MIN): round trips within a region are far below it; the scenario's
//                   cluster.hardware.network.retransmit
//   10 ms           instead of the first 200 ms, where more packets follow: a tail loss probe (two round trips and two
//                   ticks of 4 ms), as on a replication link or a multiplexed connection
//   1, 2, 3 … s     for packets that open a connection (clients/syn.ts)
//
// A cut is a loss of 100 %. What was sent into it arrives with the first retransmission after it has healed, which is up
// to twice as late as the cut was long: that is how TCP behaves. A cut of one direction lets the other one's data
// through, but nothing that needs an answer.
//
// Whoever sends asks one field, null while there is no fault (`Latency.faults`).
//
// Source of the constants: Linux, include/net/tcp.h and Documentation/networking/ip-sysctl.rst (tcp_retries2 = 15).
// Left out: packets within a longer message (repaired within a round trip by fast retransmit), reordering, loss of
// throughput by a smaller congestion window, requests behind a lost one on the same connection.

import type { Random } from "../../sim/random.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../../units.ts";

/** A node by its id, or the clients of a zone: `clientsIn(zone)`. */
export type Party = number;

export function clientsIn(zone: number): Party {
  return -1 - zone;
}

export interface LinkFault {
  /** Whether it concerns packets from one party to another. */
  covers(from: Party, to: Party): boolean;
  /** Share of the packets that are lost, 0–1. 1: a cut. */
  readonly loss: number;
  /** Added to each packet's delay: fixed, and up to so much more, evenly. */
  readonly extraNs: number;
  readonly jitterNs: number;
}

/** All faults between two parties together. */
interface Effect {
  readonly loss: number;
  readonly extraNs: number;
  readonly jitterNs: number;
}

const PROBE_NS = 10 * NS_PER_MS;
export const RTO_MAX_NS = 120 * NS_PER_SECOND;
const RETRANSMISSIONS = 15;
/** More parties than any world has. */
const PARTIES = 65_536;

export class Links {
  private readonly faults: LinkFault[] = [];
  private readonly effects = new Map<number, Effect>();

  constructor(
    private readonly sim: Simulation,
    private readonly random: Random,
    /** The first retransmission of a lone packet waits so long. */
    private readonly rtoNs: number,
    /** Told whether there are any faults. */
    private readonly onSwitch: (links: Links | null) => void,
  ) {}

  /** A fault begins; call what it returns when it is over. */
  add(fault: LinkFault): () => void {
    this.faults.push(fault);
    this.changed();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.faults.splice(this.faults.indexOf(fault), 1);
      this.changed();
    };
  }

  private changed(): void {
    this.effects.clear();
    this.onSwitch(this.faults.length > 0 ? this : null);
  }

  private effect(from: Party, to: Party): Effect {
    const key = from * PARTIES + to;
    let effect = this.effects.get(key);
    if (effect === undefined) {
      let through = 1;
      let extraNs = 0;
      let jitterNs = 0;
      for (const fault of this.faults) {
        if (!fault.covers(from, to)) continue;
        through *= 1 - fault.loss;
        extraNs += fault.extraNs;
        jitterNs += fault.jitterNs;
      }
      effect = { loss: 1 - through, extraNs, jitterNs };
      this.effects.set(key, effect);
    }
    return effect;
  }

  /** Whether packets get through at all. */
  passes(from: Party, to: Party): boolean {
    return this.effect(from, to).loss < 1;
  }

  /** Whether a question is answered. */
  connects(one: Party, other: Party): boolean {
    return this.passes(one, other) && this.passes(other, one);
  }

  private isLost({ loss }: Effect): boolean {
    return loss > 0 && (loss >= 1 || this.random.next() < loss);
  }

  private laterNs({ extraNs, jitterNs }: Effect): number {
    return jitterNs === 0 ? extraNs : extraNs + this.random.below(jitterNs + 1);
  }

  /**
   * Sends a data-plane event whose undisturbed delay is known. `followed`: more packets follow on the connection, so that
   * the receiver notices a gap.
   */
  carry(
    from: Party,
    to: Party,
    delayNs: number,
    followed: boolean,
    target: number,
    kind: number,
    a: number,
    b: number,
  ): void {
    this.attempt(from, to, followed, 0, effect => {
      this.sim.send(delayNs + this.laterNs(effect), target, kind, a, b);
    });
  }

  /** What faults add now to a packet from one party to another. */
  addedNs(from: Party, to: Party): number {
    return this.laterNs(this.effect(from, to));
  }

  /**
   * The next bytes of a stream, which travel beside those before them: the caller knows when they left, and what faults add
   * is part of the delay that is left.
   */
  carryStream(from: Party, to: Party, leftNs: number, target: number, kind: number, a: number): void {
    this.attempt(from, to, true, 0, () => this.sim.send(leftNs, target, kind, a, 0));
  }

  /** Sends until a packet gets through, or the sender gives up. */
  private attempt(
    from: Party,
    to: Party,
    followed: boolean,
    retransmissions: number,
    through: (effect: Effect) => void,
  ): void {
    const effect = this.effect(from, to);
    if (!this.isLost(effect)) return through(effect);
    if (retransmissions === RETRANSMISSIONS) return;
    const first = followed && retransmissions === 0 ? PROBE_NS : this.rtoNs;
    const wait = Math.min(RTO_MAX_NS, first * 2 ** retransmissions);
    this.sim.after(wait, "retransmission", () => this.attempt(from, to, followed, retransmissions + 1, through));
  }

  /** What the links add to SYN, SYN-ACK and ACK; null when one of the first two is lost: the SYN has to be sent again. */
  openingNs(client: Party, server: Party): number | null {
    const there = this.effect(client, server);
    const back = this.effect(server, client);
    if (this.isLost(there) || this.isLost(back)) return null;
    return this.laterNs(there) + this.laterNs(back) + this.exchangeNs(client, server, 1)!;
  }

  /** What the links add to an exchange of `trips` packets that go to and fro; null when it comes to nothing. */
  exchangeNs(from: Party, to: Party, trips: number): number | null {
    if (!this.connects(from, to)) return null;
    let sum = 0;
    for (let trip = 0; trip < trips; trip++) {
      const effect = trip % 2 === 0 ? this.effect(from, to) : this.effect(to, from);
      sum += this.laterNs(effect);
      let wait = this.rtoNs;
      for (let lost = 0; lost < RETRANSMISSIONS && this.isLost(effect); lost++) {
        sum += wait;
        wait = Math.min(RTO_MAX_NS, 2 * wait);
      }
    }
    return sum;
  }
}
