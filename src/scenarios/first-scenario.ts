// What `init` writes: small enough to read in a minute, complete enough to run.

export const FIRST_SCENARIO = `# yaml-language-server: $schema=./scenario.schema.json
name: my-cache
seed: 42                        # same seed, same result
duration: 5m                    # simulated time
region: us-east-1

cluster:
  engine: valkey-8.0
  node: cache.r7g.large         # cachecast nodes lists them all
  shards: 2
  replicas: 1
  parameters: { maxmemory-policy: allkeys-lfu }

clients:
  - name: web
    instances: 10
    pool: { size: 8 }
    timeout: 200ms
    retry: { attempts: 3, backoff: 10ms..1s, jitter: full }

origin:                         # what is asked on a miss
  latency: lognormal(p50=4ms, p99=40ms)
  concurrency: 200

workload:
  - name: pages
    pattern: { cache-aside: { ttl: 1h +-10% } }
    rate: 5k/s                  # or an expression: "5k/s * (1 + 0.5*sin(2*pi*t/10m))"
    keys: { count: 200k, popularity: zipf(0.99), prefix: "page:" }
    values: lognormal(mean=1.2KiB, sigma=0.8)
    preload: 100%               # start warm

drills: []                      # - { at: 2m, crash-node: { role: primary, shard: 1 } }

expect:
  - p99 < 2ms
  - hitRate > 90%
  - memory < 80%
`;
