// One folder for all that the tests write, gone when they have ended: workers are stopped without being told, so each cannot
// clean up by itself.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "cachecast-tests-"));
  // Workers inherit it; what they start finds it as its folder for temporary files.
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
