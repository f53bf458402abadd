// How the commands for sorted sets, geo and streams are called: facts of Valkey 8.0.1, in the notation of introspection/syntax.ts.

import type { SyntaxTable } from "../introspection/syntax.ts";

export const SORTED_SYNTAX: SyntaxTable = {
  // sorted-set
  bzmpop: "timeout:d numkeys:i key#0... where(MIN | MAX) COUNT=count:i?",
  bzpopmax: "key#0... timeout:d",
  bzpopmin: "key#0... timeout:d",
  zadd: "key#0 condition(NX | XX)@3.0.2? comparison(GT | LT)@6.2.0? CH!change@3.0.2? INCR!increment@3.0.2? data{score:d member}...",
  zcard: "key#0",
  zcount: "key#0 min:d max:d",
  zdiff: "numkeys:i key#0... WITHSCORES?",
  zdiffstore: "destination#0 numkeys:i key#1...",
  zincrby: "key#0 increment:i member",
  zinter: "numkeys:i key#0... WEIGHTS=weight:i?... AGGREGATE=aggregate(SUM | MIN | MAX)? WITHSCORES?",
  zintercard: "numkeys:i key#0... LIMIT=limit:i?",
  zinterstore: "destination#0 numkeys:i key#1... WEIGHTS=weight:i?... AGGREGATE=aggregate(SUM | MIN | MAX)?",
  zlexcount: "key#0 min max",
  zmpop: "numkeys:i key#0... where(MIN | MAX) COUNT=count:i?",
  zmscore: "key#0 member...",
  zpopmax: "key#0 count:i?",
  zpopmin: "key#0 count:i?",
  zrandmember: "key#0 options{count:i WITHSCORES?}?",
  zrange: "key#0 start stop sortby(BYSCORE | BYLEX)@6.2.0? REV@6.2.0? LIMIT=limit{offset:i count:i}@6.2.0? WITHSCORES?",
  zrangebylex: "key#0 min max LIMIT=limit{offset:i count:i}?",
  zrangebyscore: "key#0 min:d max:d WITHSCORES@2.0.0? LIMIT=limit{offset:i count:i}?",
  zrangestore: "dst#0 src#1 min max sortby(BYSCORE | BYLEX)? REV? LIMIT=limit{offset:i count:i}?",
  zrank: "key#0 member WITHSCORE?",
  zrem: "key#0 member...",
  zremrangebylex: "key#0 min max",
  zremrangebyrank: "key#0 start:i stop:i",
  zremrangebyscore: "key#0 min:d max:d",
  zrevrange: "key#0 start:i stop:i WITHSCORES?",
  zrevrangebylex: "key#0 max min LIMIT=limit{offset:i count:i}?",
  zrevrangebyscore: "key#0 max:d min:d WITHSCORES? LIMIT=limit{offset:i count:i}?",
  zrevrank: "key#0 member WITHSCORE?",
  zscan: "key#0 cursor:i MATCH=pattern:p? COUNT=count:i? NOSCORES?",
  zscore: "key#0 member",
  zunion: "numkeys:i key#0... WEIGHTS=weight:i?... AGGREGATE=aggregate(SUM | MIN | MAX)? WITHSCORES?",
  zunionstore: "destination#0 numkeys:i key#1... WEIGHTS=weight:i?... AGGREGATE=aggregate(SUM | MIN | MAX)?",
  // geo
  geoadd: "key#0 condition(NX | XX)@6.2.0? CH!change@6.2.0? data{longitude:d latitude:d member}...",
  geodist: "key#0 member1 member2 unit(M | KM | FT | MI)?",
  geohash: "key#0 member?...",
  geopos: "key#0 member?...",
  georadius:
    "key#0 longitude:d latitude:d radius:d unit(M | KM | FT | MI) WITHCOORD? WITHDIST? WITHHASH? count-block{COUNT=count:i ANY@6.2.0?}? order(ASC | DESC)? store(STORE=storekey#1$key | STOREDIST=storedistkey#2$key)?",
  georadius_ro:
    "key#0 longitude:d latitude:d radius:d unit(M | KM | FT | MI) WITHCOORD? WITHDIST? WITHHASH? count-block{COUNT=count:i ANY@6.2.0?}? order(ASC | DESC)?",
  georadiusbymember:
    "key#0 member radius:d unit(M | KM | FT | MI) WITHCOORD? WITHDIST? WITHHASH? count-block{COUNT=count:i ANY?}? order(ASC | DESC)? store(STORE=storekey#1$key | STOREDIST=storedistkey#2$key)?",
  georadiusbymember_ro:
    "key#0 member radius:d unit(M | KM | FT | MI) WITHCOORD? WITHDIST? WITHHASH? count-block{COUNT=count:i ANY?}? order(ASC | DESC)?",
  geosearch:
    "key#0 from(FROMMEMBER=member | FROMLONLAT=fromlonlat{longitude:d latitude:d}) by(circle{BYRADIUS=radius:d unit(M | KM | FT | MI)} | box{BYBOX=width:d height:d unit(M | KM | FT | MI)}) order(ASC | DESC)? count-block{COUNT=count:i ANY?}? WITHCOORD? WITHDIST? WITHHASH?",
  geosearchstore:
    "destination#0 source#1 from(FROMMEMBER=member | FROMLONLAT=fromlonlat{longitude:d latitude:d}) by(circle{BYRADIUS=radius:d unit(M | KM | FT | MI)} | box{BYBOX=width:d height:d unit(M | KM | FT | MI)}) order(ASC | DESC)? count-block{COUNT=count:i ANY?}? STOREDIST?",
  // stream
  xack: "key#0 group id...",
  xadd: "key#0 NOMKSTREAM@6.2.0? trim{strategy(MAXLEN | MINID@6.2.0) operator('='!equal | '~'!approximately)? threshold LIMIT=count:i@6.2.0?}? id-selector('*'!auto-id | id) data{field value}...",
  xautoclaim: "key#0 group consumer min-idle-time start COUNT=count:i? JUSTID?",
  xclaim:
    "key#0 group consumer min-idle-time id... IDLE=ms:i? TIME=unix-time-milliseconds:u? RETRYCOUNT=count:i? FORCE? JUSTID? LASTID=lastid?",
  xdel: "key#0 id...",
  "xgroup|create": "key#0 group id-selector(id | '$'!new-id) MKSTREAM? ENTRIESREAD=entriesread:i$entries-read?",
  "xgroup|createconsumer": "key#0 group consumer",
  "xgroup|delconsumer": "key#0 group consumer",
  "xgroup|destroy": "key#0 group",
  "xgroup|setid": "key#0 group id-selector(id | '$'!new-id) ENTRIESREAD=entriesread:i$entries-read?",
  "xinfo|consumers": "key#0 group",
  "xinfo|groups": "key#0",
  "xinfo|stream": "key#0 full-block{FULL COUNT=count:i?}?",
  xlen: "key#0",
  xpending: "key#0 group filters{IDLE=min-idle-time:i@6.2.0? start end count:i consumer?}?",
  xrange: "key#0 start end COUNT=count:i?",
  xread: "COUNT=count:i? BLOCK=milliseconds:i? STREAMS=streams{key#0... id...}",
  xreadgroup:
    "GROUP=group-block{group consumer} COUNT=count:i? BLOCK=milliseconds:i? NOACK? STREAMS=streams{key#0... id...}",
  xrevrange: "key#0 end start COUNT=count:i?",
  xsetid: "key#0 last-id ENTRIESADDED=entries-added:i@7.0.0? MAXDELETEDID=max-deleted-id@7.0.0?",
  xtrim:
    "key#0 trim{strategy(MAXLEN | MINID@6.2.0) operator('='!equal | '~'!approximately)? threshold LIMIT=count:i@6.2.0?}",
};
