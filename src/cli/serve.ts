// cachecast serve: the engine on a TCP port, configured as valkey-server is. Its words are the server's own (a file, then
// --name value), so yargs only describes the verb; `serve` takes the rest as it stands.

import { readFileSync } from "node:fs";
import type { CommandModule } from "yargs";
import type { Running } from "../serve/start.ts";
import { VERSION } from "../version.ts";
import { CliError, EXIT } from "./exit.ts";

const EXAMPLES: readonly (readonly [string, string])[] = [
  ["$0 serve", "Valkey 8.0 on port 6379 of this host"],
  ["$0 serve --port 7000 --maxmemory 100mb --maxmemory-policy allkeys-lru", "settings as valkey-server takes them"],
  ["$0 serve valkey.conf --engine redis-7.0", "a configuration file; another version"],
  ["$0 serve --engine memcached-1.6 -p 11211 -m 128", "Memcached, with options as memcached takes them"],
];

export const serveVerb: CommandModule = {
  command: "serve [config]",
  describe: "Serve the engine on a TCP port, in real time",
  builder: yargs => {
    const described = yargs
      .positional("config", { type: "string", describe: "Configuration file as valkey-server reads it" })
      .option("engine", { type: "string", describe: "Engine and version; any parameter follows as --name value" })
      .strictOptions(false);
    return EXAMPLES.reduce((all, [text, meaning]) => all.example(text, meaning), described);
  },
  handler: () => undefined,
};

/** Runs until SIGINT or SIGTERM. */
export async function serve(words: readonly string[]): Promise<void> {
  const { memcachedWords, serveMemcached } = await import("./serve-memcached.ts");
  const memcached = memcachedWords(words);
  if (memcached !== null) return serveMemcached(memcached);
  const { directivesOf, ConfigError } = await import("../serve/config-file.ts");
  const { start } = await import("../serve/start.ts");
  const { describeSystemError } = await import("../scenarios/yaml-file.ts");
  const readFile = (file: string) => {
    try {
      return readFileSync(file === "-" ? 0 : file, "latin1");
    } catch (error) {
      throw new ConfigError(`${file}: ${describeSystemError(error)}`);
    }
  };
  try {
    if (words.includes("--version")) {
      process.stdout.write(`Valkey server v=8.0.1 (cachecast ${VERSION})\n`);
      return;
    }
    const { file, directives } = directivesOf(words, readFile);
    let end: () => void = () => undefined;
    await new Promise<void>((done, failed) => {
      start({
        directives,
        configFile: file ?? "",
        log: line => process.stdout.write(`${line}\n`),
        listening: running => {
          for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => received(running, signal));
          end = () => running.stop().then(done, failed);
        },
        exit: () => end(),
      }).catch(failed);
    });
    process.exit(EXIT.pass);
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(error.message, EXIT.invalid);
    throw error;
  }
}

/** As SHUTDOWN with the words of shutdown-on-sigint and shutdown-on-sigterm. Who presses Ctrl-C again does not want to wait. */
function received({ server: { engine, log }, shutdown }: Running, signal: "SIGINT" | "SIGTERM"): void {
  if (signal === "SIGINT" && shutdown.pending) {
    log("You insist... exiting now.");
    engine.persistence.store.abort();
    process.exit(EXIT.interrupted);
  }
  log(`Received ${signal} scheduling shutdown...`);
  const words = engine.parameters.text(signal === "SIGINT" ? "shutdown-on-sigint" : "shutdown-on-sigterm").split(" ");
  const save = words.includes("save") ? true : words.includes("nosave") ? false : null;
  shutdown.signal({ save, force: words.includes("force"), now: words.includes("now") });
}
