// Kinds of data-plane events, and what their two numbers mean.

/** To a node: a = request, b = generation. */
export const REQUEST = 0;
/** To a node: its cron is due. a = incarnation. */
export const CRON = 1;
/** To a replica: changes have arrived. a = number of its link. */
export const REPLICATED = 2;
/** To a node: its kernel has a new connection. a = connection, b = epoch. */
export const CONNECT = 3;
/** To a node: a reply that its interface dropped goes out again. a = request, b = generation. */
export const RESEND = 4;
/** To a node: the event loop takes new connections. a = incarnation. */
export const ACCEPT = 5;
/** To a node: the first command of a new connection. a = connection, b = epoch. */
export const LOGIN = 6;
/** To a node of a serverless cache: a request that its front has let through. a = request, b = generation. */
export const HELD = 7;

/** To a client group: a = request, b = generation. */
export const REPLY = 0;
export const CONNECTION_LOST = 1;
export const RETRY = 2;
/** To a client group: a connection can be used, was turned away, or could not log in. a = connection, b = epoch. */
export const CONNECTED = 4;
export const REFUSED = 5;
export const DENIED = 9;
/** To a client group: a = pool. Lost connections are opened again; idle ones are looked at. */
export const RECONNECT = 6;
export const IDLE = 7;
/** To a client group: its circuit breaker is open. a = request, b = generation. */
export const REJECTED = 8;
