// No protection: whoever finds nothing asks the origin.

import type { Loading, Protection } from "./protection.ts";

export function unprotected(loading: Loading): Protection {
  return {
    needsEnvelope: false,
    graceSeconds: 0,
    missed: (request, degraded) => loading.load(request, degraded),
  };
}
