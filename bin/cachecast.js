#!/usr/bin/env node
// Starts the built command line; `npm ci` builds it.
import { existsSync } from "node:fs";

const built = new URL("../dist/cli.js", import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write("cachecast is not built yet: run «npm ci» (or «npm run build») in its folder first.\n");
  process.exit(1);
}
