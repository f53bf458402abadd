// New connections while a script holds the thread: whoever wants to end it with SCRIPT KILL mostly has to connect first.
// Node hands out connections only when the event loop turns, which it does not. So a second thread listens on the same
// sockets; it stands still unless a script runs for too long, and gives on the descriptors of what it accepts.
//
// A descriptor belongs to the process and outlives its handle in that thread, which is never closed there: what is closed
// is closed here.

import type { Server as NetServer } from "node:net";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { descriptorOf } from "./descriptor.ts";

interface Orders {
  readonly descriptors: readonly number[];
  readonly backlog: number;
  /** 1 while connections are to be accepted. */
  readonly gate: Int32Array;
  readonly accepted: MessagePort;
}

const OPEN = 1;
const SHUT = 0;

export class BusyAcceptor {
  private readonly gate = new Int32Array(new SharedArrayBuffer(4));
  private readonly channel = new MessageChannel();
  private isOpen = false;

  private constructor(
    orders: Pick<Orders, "descriptors" | "backlog">,
    private readonly accept: (descriptor: number) => void,
  ) {
    const { port1, port2 } = this.channel;
    const workerData: Orders = { ...orders, gate: this.gate, accepted: port2 };
    const worker = new Worker(`(${acceptWhileOpen})()`, { eval: true, workerData, transferList: [port2] });
    worker.unref();
    // What was accepted just before the gate was shut comes when the event loop turns again.
    port1.on("message", descriptor => this.accept(descriptor));
    port1.unref();
  }

  /** Null where sockets have no descriptors to give on. */
  static over(
    listeners: readonly NetServer[],
    backlog: number,
    accept: (descriptor: number) => void,
  ): BusyAcceptor | null {
    const descriptors = listeners.map(descriptorOf).filter(descriptor => descriptor !== null);
    return descriptors.length === 0 ? null : new BusyAcceptor({ descriptors, backlog }, accept);
  }

  /** Takes over who has come. */
  poll(): void {
    if (!this.isOpen) this.turn(OPEN);
    while (true) {
      const received = receiveMessageOnPort(this.channel.port1);
      if (received === undefined) return;
      this.accept(received.message as number);
    }
  }

  /** The script is over: the event loop accepts again. */
  rest(): void {
    if (this.isOpen) this.turn(SHUT);
  }

  private turn(position: number): void {
    this.isOpen = position === OPEN;
    Atomics.store(this.gate, 0, position);
    Atomics.notify(this.gate, 0);
  }
}

/** Runs in the thread, of which it sees nothing but what is in here. */
function acceptWhileOpen(): void {
  const { workerData } = process.getBuiltinModule("node:worker_threads");
  const { createServer } = process.getBuiltinModule("node:net");
  const { descriptors, backlog, gate, accepted } = workerData as Orders;
  for (const fd of descriptors) {
    const server = createServer({ pauseOnConnect: true }, socket => {
      const { _handle: handle } = socket as unknown as { _handle: { fd: number } };
      accepted.postMessage(handle.fd);
    });
    // The sockets may be closed at any time by those whose they are.
    server.on("error", () => undefined);
    server.listen({ fd, backlog });
  }
  // As long as the gate is shut this thread sleeps, and its event loop with it.
  const turn = () => {
    Atomics.wait(gate, 0, 0);
    setTimeout(turn, 5);
  };
  setImmediate(turn);
}
