// Why a port cannot be had, for people: a matter of what was configured.

import { ConfigError } from "../config-file.ts";

export function describeListenError(error: Error, host: string, port: number): ConfigError {
  const code = (error as NodeJS.ErrnoException).code;
  const why =
    code === "EADDRINUSE"
      ? "something else listens there; -p takes another port, 0 a free one"
      : code === "EACCES"
        ? "ports below 1024 need more rights; -p takes another"
        : code === "EADDRNOTAVAIL" || code === "ENOTFOUND"
          ? "that is no address of this host"
          : error.message;
  return new ConfigError(`cannot listen on ${host}:${port}: ${why}`);
}
