// Writes docs/validation.md; takes about two minutes and needs the measured figures beside the checkout.
// `npm run validation`

import { writeFileSync } from "node:fs";
import { importBundled, root } from "./bundle.mjs";

const { SUBJECTS, validationDocs } = await importBundled("validation", 'export * from "./test/validation/index.ts";');
const missing = SUBJECTS.filter(subject => subject.missing !== null);
if (missing.length > 0) {
  for (const { title, missing: why } of missing) process.stderr.write(`«${title}»: ${why}\n`);
  process.exit(1);
}
writeFileSync(`${root}/docs/validation.md`, validationDocs());
