// cachecast serve --engine memcached-1.6: the Memcached engine on a TCP port, with memcached's own options.

import { CliError, EXIT } from "./exit.ts";

const NAMES = ["memcached", "memcached-1.6"];

/** The words without the engine's name when that is Memcached; null when it is another, or none. */
export function memcachedWords(words: readonly string[]): string[] | null {
  const at = words.findIndex(word => word === "--engine" || word.startsWith("--engine="));
  if (at === -1) return null;
  const glued = words[at].startsWith("--engine=");
  const name = glued ? words[at].slice("--engine=".length) : words[at + 1];
  if (!NAMES.includes(name)) return null;
  return words.filter((_, i) => i !== at && (glued || i !== at + 1));
}

/** Runs until SIGINT or SIGTERM. */
export async function serveMemcached(words: readonly string[]): Promise<void> {
  const { ConfigError } = await import("../serve/config-file.ts");
  const { memcachedOptions } = await import("../serve/memcached/options.ts");
  const { MEMCACHED_VERSION, MemcachedServer } = await import("../serve/memcached/server.ts");
  const { VERSION } = await import("../version.ts");
  if (words.includes("--version") || words.includes("-V")) {
    process.stdout.write(`memcached ${MEMCACHED_VERSION} (cachecast ${VERSION})\n`);
    return;
  }
  try {
    const options = memcachedOptions(words);
    const log = (line: string) => process.stdout.write(`${line}\n`);
    const server = new MemcachedServer(options, log);
    await server.open();
    log(
      `cachecast ${VERSION} serves memcached-1.6 on port ${server.port}, ${options.settings.maxBytes / 1_048_576} MB for items`,
    );
    await new Promise<void>(done => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => done());
    });
    await server.close();
    process.exit(EXIT.pass);
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(error.message, EXIT.invalid);
    throw error;
  }
}
