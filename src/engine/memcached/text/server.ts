// Commands about the server and the connection.

import { ANY, BAD_FORMAT, notesNoreply, type TextCommand } from "./command.ts";
import { unsigned32 } from "./numbers.ts";
import type { TextSession } from "./session.ts";

const LOUDEST = 2;

function verbosity(session: TextSession, words: readonly string[]): void {
  notesNoreply(session, words);
  const level = unsigned32(words[1]);
  if (level === null) return session.say(BAD_FORMAT);
  session.server.verbosity = Math.min(level, LOUDEST);
  session.say("OK");
}

/** How clients of ElastiCache find the nodes (auto discovery): the members, a blank between them. */
function config(session: TextSession, words: readonly string[]): void {
  const { cluster } = session.server;
  if (cluster === null || words.length !== 3 || words[1] !== "get" || words[2] !== "cluster")
    return session.say("ERROR");
  const body = `${cluster.version}\n${cluster.nodes.join(" ")}\n`;
  session.write(`CONFIG cluster 0 ${body.length}\r\n${body}\r\nEND\r\n`);
}

export const SERVER: readonly TextCommand[] = [
  {
    name: "version",
    group: "server",
    syntax: "",
    summary: "Says which version this is",
    least: 0,
    most: ANY,
    run: session => session.say(`VERSION ${session.server.facts.version}`),
  },
  {
    name: "verbosity",
    group: "server",
    syntax: "<level> [noreply]",
    summary: "Sets how much is logged",
    least: 1,
    most: 2,
    run: verbosity,
  },
  {
    name: "config",
    group: "server",
    syntax: "get cluster",
    summary: "Members of the cluster, as ElastiCache's nodes tell them to clients with auto discovery",
    least: 0,
    most: ANY,
    run: config,
  },
  {
    name: "shutdown",
    group: "server",
    syntax: "[graceful]",
    summary: "Refused: it has to be allowed when the server starts",
    least: 0,
    most: ANY,
    run: session => session.say("ERROR: shutdown not enabled"),
  },
  {
    name: "watch",
    group: "server",
    syntax: "",
    summary: "Refused: there is no log to watch",
    least: 0,
    most: ANY,
    run: session => session.say("CLIENT_ERROR watch commands not allowed"),
  },
  {
    name: "quit",
    group: "server",
    syntax: "",
    summary: "Ends the connection",
    least: 0,
    most: ANY,
    run: session => {
      session.closing = true;
    },
  },
];
