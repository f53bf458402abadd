// cachecast serve: an engine from a configuration, on its ports, until a signal ends it.

import type { Engine } from "../engine/engine.ts";
import { savePoints } from "../engine/persistence.ts";
import { TO_ALL, TO_APPEND_ONLY_FILE } from "../engine/propagation.ts";
import { provideLua } from "../lua/index.ts";
import { VERSION } from "../version.ts";
import { AppendOnlyFile } from "./append-only.ts";
import { ClusterService } from "./cluster/service.ts";
import { ConfigError, type Directive } from "./config-file.ts";
import { engineOf } from "./configure.ts";
import { FileStore } from "./file-store.ts";
import { openLog, writePidFile } from "./process-files.ts";
import { ProcessHost } from "./process-host.ts";
import { ReplicationService } from "./replication/service.ts";
import { Server } from "./server.ts";
import { loadUsers } from "./users.ts";

export interface Running {
  readonly server: Server;
  readonly port: number;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly directives: readonly Directive[];
  /** The configuration file; "" without one. */
  readonly configFile?: string;
  readonly log: (line: string) => void;
  /** Ends the process, for SHUTDOWN. */
  readonly exit?: () => void;
}

/** Starts; resolves once the ports are open. Throws ConfigError with every problem of the configuration. */
export async function start({
  directives,
  log: show,
  configFile = "",
  exit = () => undefined,
}: StartOptions): Promise<Running> {
  provideLua();
  const engine = engineOf(directives.filter(({ name }) => name !== "user"));
  loadUsers(engine, directives);
  const log = openLog(engine, show);
  for (const line of withoutEffect(engine, directives)) log(line);
  log(`cachecast ${VERSION} serves ${engine.profile.name}`);
  log(` PID: ${process.pid}`);
  const server = new Server({ engine, log });
  const store = new FileStore(engine, log);
  const appendOnly = new AppendOnlyFile(engine, log);
  store.appendOnly = appendOnly;
  engine.persistence.store = store;
  loadData(engine, appendOnly, log);
  const replication = new ReplicationService(server);
  const cluster = engine.parameters.flag("cluster-enabled") ? new ClusterService(server) : null;
  engine.propagation.addSink((database, argv, targets = TO_ALL) => {
    if ((targets & TO_APPEND_ONLY_FILE) !== 0) appendOnly.append(database, argv);
  });
  server.beforeReplies.push(() => appendOnly.flush());
  server.onCron.push(() => {
    appendOnly.flush();
    engine.persistence.cron();
  });
  log("Server initialized");
  let port: number;
  try {
    port = await server.open();
    await cluster?.start(port);
  } catch (error) {
    const { message } = error as Error;
    log(message);
    await cluster?.close();
    await server.close();
    throw new ConfigError(message);
  }
  engine.host = new ProcessHost({
    server,
    configFile,
    save: () => engine.persistence.save(),
    savesByDefault: () => savePoints(engine.parameters.text("save")).length > 0,
    setAppendOnly: on => {
      if (on) appendOnly.turnOn();
      else appendOnly.close();
    },
    exit,
  });
  // Without daemonize a pid file is written only when it is asked for.
  const asked = directives.some(({ name }) => name === "pidfile");
  const removePidFile = writePidFile(asked ? engine.parameters.text("pidfile") : "", log);
  log(`Ready to accept connections tcp on port ${port}`);
  replication.start();
  return {
    server,
    port,
    stop: async () => {
      replication.close();
      await cluster?.close();
      appendOnly.close();
      engine.persistence.store.abort();
      removePidFile();
      return server.close();
    },
  };
}

/** What was set and has no effect here, with the reason. */
function withoutEffect(engine: Engine, directives: readonly Directive[]): string[] {
  const { parameters } = engine;
  return directives.flatMap(({ name, origin }) => {
    const spec = parameters.spec(name);
    if (spec?.inert === undefined || parameters.text(spec.name) === parameters.initial(spec)) return [];
    return [`WARNING: ${origin}: ${name} has no effect: ${spec.inert}`];
  });
}

/** What was kept when the last server ended. Throws ConfigError when it is there and cannot be read. */
function loadData(engine: Engine, appendOnly: AppendOnlyFile, log: (line: string) => void): void {
  const { persistence, parameters } = engine;
  if (parameters.flag("appendonly")) {
    const problem = appendOnly.load();
    if (problem !== null) throw new ConfigError(problem);
    appendOnly.open();
    return;
  }
  const kept = persistence.store.load();
  if (kept === null) return;
  if (!persistence.load()) throw new ConfigError(`${parameters.text("dbfilename")}: cannot be loaded: it is damaged`);
  log(
    `DB loaded from disk: keys loaded: ${persistence.lastLoad.keysLoaded}, keys expired: ${persistence.lastLoad.keysExpired}.`,
  );
}
