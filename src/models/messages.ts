// Kinds of data-plane events, and what their two numbers mean.

/** To a node: a = request, b = generation. */
export const REQUEST = 0;
/** To a node: its cron is due. a = incarnation. */
export const CRON = 1;
/** To a replica: changes have arrived. a = link. */
export const REPLICATED = 2;
/** To a node: a connection is being opened. a = pool id, b = client target. */
export const CONNECT = 3;
/** To a node: a reply that its interface dropped goes out again. a = request, b = generation. */
export const RESEND = 4;

/** To a client group: a = request, b = generation. */
export const REPLY = 0;
export const CONNECTION_LOST = 1;
export const RETRY = 2;
export const ORIGIN_DONE = 3;
/** To a client group: a = pool id, b = 1 when the connection is open, 0 when it was refused. */
export const CONNECTED = 4;
