// A served engine on a free port, for tests that talk to it as clients do.

import { connect, type Socket } from "node:net";
import { afterAll } from "vitest";
import { directivesOf } from "../../src/serve/config-file.ts";
import { type Running, start } from "../../src/serve/start.ts";

const running: Running[] = [];
afterAll(() => Promise.all(running.map(one => one.stop())));

/** Starts with these words, as on the command line. */
export function served(...words: string[]): Promise<Running> {
  return servedWith(() => undefined, ...words);
}

/** The same; shows its log. */
export async function servedWith(log: (line: string) => void, ...words: string[]): Promise<Running> {
  const { directives } = directivesOf(["--port", "0", "--enable-debug-command", "yes", ...words]);
  const one = await start({ directives, log });
  running.push(one);
  return one;
}

/** A bare socket: what was sent to it, and when it is closed. */
export class Wire {
  private text = "";
  private wake: (() => void)[] = [];
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on("data", chunk => {
      this.text += chunk.toString("latin1");
      this.stir();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closed = true;
      this.stir();
    });
  }

  static open(port: number): Promise<Wire> {
    return new Promise((done, failed) => {
      const socket = connect(port, "127.0.0.1", () => done(new Wire(socket)));
      socket.once("error", failed);
    });
  }

  private stir(): void {
    for (const one of this.wake.splice(0)) one();
  }

  get received(): string {
    return this.text;
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Waits until what came satisfies the condition, or the connection ends; returns what came. */
  async until(condition: (text: string) => boolean): Promise<string> {
    while (!condition(this.text) && !this.closed) await new Promise<void>(done => this.wake.push(done));
    return this.text;
  }

  /** Waits until the server closes; returns everything that came. */
  end(): Promise<string> {
    return this.until(() => false);
  }
}
