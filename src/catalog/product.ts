// The engines that Amazon ElastiCache offers and prices. Versions of them are profiles (`engines/`).

export const ENGINE_PRODUCTS = ["valkey", "redis", "memcached"] as const;
export type EngineProduct = (typeof ENGINE_PRODUCTS)[number];
