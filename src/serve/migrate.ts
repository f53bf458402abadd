// The other side of MIGRATE: a connection to another server, RESTORE for each key, and which of them arrived.

import { connect } from "node:net";
import type { MigrationRequest } from "../engine/host.ts";
import { encodeCommand } from "../engine/resp/writer.ts";

/** Sends the keys; calls back once, with those that arrived and what went wrong, or null. */
export function sendKeys(
  request: MigrationRequest,
  done: (arrived: readonly string[], problem: string | null) => void,
): void {
  const { keys, auth, database, replace, timeoutMs } = request;
  const opening = [...(auth.length > 0 ? [["AUTH", ...auth]] : []), ["SELECT", String(database)]];
  const restores = keys.map(({ key, ttlMs, payload }) => [
    request.asking ? "RESTORE-ASKING" : "RESTORE",
    key,
    String(ttlMs),
    payload,
    ...(replace ? ["REPLACE"] : []),
  ]);
  const arrived: string[] = [];
  let problem: string | null = null;
  let answers = 0;
  let text = "";
  let over = false;
  const socket = connect(Number(request.port), request.host);
  const end = (failure: string | null) => {
    if (over) return;
    over = true;
    socket.destroy();
    done(arrived, failure ?? problem);
  };
  socket.setTimeout(timeoutMs, () => end("IOERR error or timeout writing to target instance"));
  socket.on("error", () => end("IOERR error or timeout connecting to the client"));
  socket.on("close", () => end("IOERR error or timeout reading from target instance"));
  socket.on("connect", () => socket.write([...opening, ...restores].map(encodeCommand).join(""), "latin1"));
  socket.on("data", chunk => {
    text += chunk.toString("latin1");
    for (let line = text.indexOf("\r\n"); line !== -1; line = text.indexOf("\r\n")) {
      const answer = text.slice(0, line);
      text = text.slice(line + 2);
      const index = answers++ - opening.length;
      if (answer.startsWith("-")) problem ??= `ERR Target instance replied with error: ${answer.slice(1)}`;
      else if (index >= 0) arrived.push(keys[index].key);
    }
    if (answers === opening.length + restores.length) end(null);
  });
}
