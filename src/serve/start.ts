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
import { loadAppendOnly, loadSnapshotFile } from "./load-at-start.ts";
import { openLog, writePidFile } from "./process-files.ts";
import { ProcessHost } from "./process-host.ts";
import { ReplicationService } from "./replication/service.ts";
import { Server } from "./server.ts";
import { Shutdown } from "./shutdown.ts";
import { loadUsers } from "./users.ts";

export interface Running {
  readonly server: Server;
  readonly shutdown: Shutdown;
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
  /** Called when the ports are open, which may be long before the data are loaded. */
  readonly listening?: (running: Running) => void;
}

/** Starts; resolves once clients are served. Throws ConfigError with every problem of the configuration. */
export async function start({
  directives,
  log: show,
  configFile = "",
  exit = () => undefined,
  listening = () => undefined,
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
  if (engine.parameters.flag("appendonly")) loadAppendOnly(appendOnly);
  else engine.isLoading = store.size > 0;
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
  const shutdown = new Shutdown({
    server,
    savesByDefault: () => savePoints(engine.parameters.text("save")).length > 0,
    writesFirstFile: () => appendOnly.writesFirstFile,
    exit,
  });
  server.onCron.push(() => shutdown.cron());
  log("Server initialized");
  engine.host = new ProcessHost({
    server,
    configFile,
    shutdown,
    setAppendOnly: on => {
      if (on) appendOnly.turnOn();
      else appendOnly.close();
    },
  });
  // Without daemonize a pid file is written only when it is asked for.
  const asked = directives.some(({ name }) => name === "pidfile");
  const removePidFile = writePidFile(asked ? engine.parameters.text("pidfile") : "", log);
  const stop = async () => {
    replication.close();
    await cluster?.close();
    appendOnly.close();
    engine.persistence.store.abort();
    removePidFile();
    return server.close();
  };
  try {
    const port = await opened(server.open());
    const running = { server, shutdown, port, stop };
    listening(running);
    if (engine.isLoading) await loadSnapshotFile(server, store);
    replication.takeUpHistory();
    if (cluster !== null) await opened(cluster.start(port));
    log(`Ready to accept connections tcp on port ${port}`);
    replication.start();
    return running;
  } catch (error) {
    log((error as Error).message);
    await stop();
    throw error;
  }
}

/** A port that cannot be had is a matter of the configuration. */
function opened<T>(opening: Promise<T>): Promise<T> {
  return opening.catch((error: Error) => {
    throw new ConfigError(error.message);
  });
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
