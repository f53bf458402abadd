// Scenario keys of `cluster.memcached`: what clients of Memcached do, since its nodes know nothing of each other.

import { z } from "zod";
import { KEY_DISTRIBUTIONS } from "../../models/key-distribution.ts";

export const memcachedSchema = z
  .strictObject({
    distribution: z.enum(KEY_DISTRIBUTIONS).optional().meta({
      description:
        "How clients spread keys over nodes; ketama when left out. ketama: consistent hashing, a node more or less moves the keys of one node; modulo: nearly all move.",
    }),
    ejects: z.boolean().optional().meta({
      description:
        "Clients that lose a node spread its keys over the others until it is back; when left out they go on asking it, and ask the origin.",
    }),
  })
  .meta({ description: "How clients use the nodes of a Memcached cluster; only with engine memcached-1.6." });
