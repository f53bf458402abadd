// One connection that speaks Memcached's text protocol: bytes in, bytes out, no socket. A line is a command; a store has its
// value behind it, which is awaited, or passed over when the command was refused. What arrives in pieces waits.
//
// The binary protocol is not spoken: a connection that begins with its magic byte is closed, as the server closes what it
// does not understand.

import type { MemcachedStore } from "../store.ts";
import type { TextCommand } from "./command.ts";

/** A line without its end that is longer than that ends the connection, unless it is a get with many keys. */
const LONGEST_LINE = 2_048;
/** Room for gets with many keys: the server has no limit there, and no memory of ours should be open to everybody. */
const LONGEST_GET = 1_048_576;
const BINARY_MAGIC = "\x80";
/** Blanks before a get that the server looks past. */
const BLANKS = 100;

/** What the process says of itself in `stats`. */
export interface ServerFacts {
  readonly pid: number;
  port(): number;
  readonly version: string;
  connections(): number;
}

export interface TextServer {
  readonly store: MemcachedStore;
  readonly facts: ServerFacts;
  readonly commands: ReadonlyMap<string, TextCommand>;
  /** Members of the cluster for `config get cluster`, as `host|ip|port`; null: the server does not know the command. */
  readonly cluster: { readonly version: number; readonly nodes: readonly string[] } | null;
  verbosity: number;
  detail: boolean;
}

export class TextSession {
  noreply = false;
  closing = false;
  /** What is to be sent, and how many bytes that is. */
  out: string[] = [];
  outBytes = 0;
  private pending = "";
  private begun = false;
  /** The value that is awaited, with its CR LF. */
  private awaited: { readonly bytes: number; done(data: string): void; abandoned(): void } | null = null;
  private passing = 0;

  constructor(readonly server: TextServer) {}

  get store(): MemcachedStore {
    return this.server.store;
  }

  // -------------------------------------------------------------------------------------------------------------
  // In.

  receive(bytes: string): void {
    this.store.stats.bytesRead += bytes.length;
    this.pending += bytes;
    if (!this.begun && bytes.length > 0) {
      this.begun = true;
      if (bytes.startsWith(BINARY_MAGIC)) this.closing = true;
    }
  }

  /** Works off what has arrived, until so many bytes wait to be sent. True: there may be more to do. */
  work(mostOut: number): boolean {
    while (!this.closing && this.outBytes < mostOut) {
      if (!this.step()) return false;
    }
    return !this.closing;
  }

  private step(): boolean {
    if (this.passing > 0) {
      const passed = Math.min(this.passing, this.pending.length);
      this.passing -= passed;
      this.pending = this.pending.slice(passed);
      return this.passing === 0;
    }
    const { awaited } = this;
    if (awaited !== null) {
      if (this.pending.length < awaited.bytes) return false;
      const data = this.pending.slice(0, awaited.bytes);
      this.pending = this.pending.slice(awaited.bytes);
      this.awaited = null;
      awaited.done(data);
      return true;
    }
    if (this.pending.length === 0) return false;
    const end = this.pending.indexOf("\n");
    if (end === -1) {
      if (this.isTooLong()) this.closing = true;
      return false;
    }
    const line = this.pending.slice(0, end > 1 && this.pending[end - 1] === "\r" ? end - 1 : end);
    this.pending = this.pending.slice(end + 1);
    this.run(line);
    return true;
  }

  private isTooLong(): boolean {
    const { pending } = this;
    if (pending.length <= LONGEST_LINE) return false;
    const blanks = /^ */u.exec(pending)![0].length;
    const isGet = pending.startsWith("get ", blanks) || pending.startsWith("gets ", blanks);
    return blanks > BLANKS || !isGet || pending.length > LONGEST_GET;
  }

  /** A command; words end at blanks, the line at a zero byte. */
  private run(line: string): void {
    this.noreply = false;
    const zero = line.indexOf("\0");
    const words = (zero === -1 ? line : line.slice(0, zero)).split(" ").filter(word => word !== "");
    if (words.length === 0 || words[0].length < 2) return this.say("ERROR");
    const command = this.server.commands.get(words[0]);
    if (command !== undefined) {
      const many = words.length - 1;
      if (many < command.least || many > command.most) return this.say("ERROR");
      return command.run(this, words);
    }
    // Somebody takes this for a web server.
    if (!/^(?:[gsacidt]|m.$)/u.test(words[0]) && words[words.length - 1].startsWith("HTTP/")) this.closing = true;
    else this.say("ERROR");
  }

  /** The next so many bytes, CR LF included, belong to the command. */
  expect(bytes: number, done: (data: string) => void, abandoned: () => void): void {
    this.awaited = { bytes, done, abandoned };
  }

  /** The next so many bytes are not looked at. */
  passOver(bytes: number): void {
    this.passing = bytes;
  }

  /** The connection has gone. */
  ended(): void {
    this.awaited?.abandoned();
    this.awaited = null;
    this.pending = "";
    this.closing = true;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Out.

  /** A line, unless the client wants none. */
  say(line: string): void {
    if (!this.noreply) this.write(`${line}\r\n`);
  }

  /** A line that is said in any case. */
  fail(line: string): void {
    this.noreply = false;
    this.say(line);
  }

  write(bytes: string): void {
    this.out.push(bytes);
    this.outBytes += bytes.length;
    this.store.stats.bytesWritten += bytes.length;
  }

  /** What is to be sent now. */
  take(): string[] {
    const { out } = this;
    this.out = [];
    this.outBytes = 0;
    return out;
  }
}
