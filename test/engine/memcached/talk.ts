// The engine's text protocol without a socket, for tests.

import { type MemcachedSettings, modernSettings } from "../../../src/engine/memcached/settings.ts";
import { MemcachedStore } from "../../../src/engine/memcached/store.ts";
import { TEXT_COMMANDS } from "../../../src/engine/memcached/text/index.ts";
import { type TextServer, TextSession } from "../../../src/engine/memcached/text/session.ts";
import { statRows } from "./real-memcached.ts";

export class Talk {
  readonly store: MemcachedStore;
  session: TextSession;
  private readonly server: TextServer;

  constructor(settings: Partial<MemcachedSettings> | MemcachedSettings = {}, nowMs = 1_800_000_000_000) {
    this.store = new MemcachedStore(modernSettings(settings), nowMs);
    this.server = {
      store: this.store,
      facts: { pid: 1, port: () => 11_211, version: "1.6.18", connections: () => 1 },
      commands: TEXT_COMMANDS,
      cluster: null,
      verbosity: 0,
      detail: false,
    };
    this.session = new TextSession(this.server);
  }

  get closed(): boolean {
    return this.session.closing;
  }

  reconnect(): void {
    this.session.ended();
    this.session = new TextSession(this.server);
  }

  ask(text: string): string {
    this.session.receive(text);
    this.session.work(Number.POSITIVE_INFINITY);
    return this.session.take().join("");
  }

  stats(kind = ""): Map<string, string> {
    return statRows(this.ask(`stats ${kind}\r\n`));
  }
}
