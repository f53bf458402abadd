// `virtual:report-client` is the script that runs inside an HTML report: src/report/client bundled and minified with
// Chart.js, as a string. The build and the tests resolve it through the same function, so both see the same page.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ENTRY = fileURLToPath(new URL("../src/report/client/main.ts", import.meta.url));

/** Bundles the client script and returns its text. */
export async function bundleReportClient() {
  const result = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    write: false,
    logLevel: "warning",
  });
  // Inside a page the script must not end its own element early.
  return result.outputFiles[0].text.replaceAll("</script", "<\\/script");
}

const ID = "virtual:report-client";

/** The esbuild side. */
export function reportClientPlugin() {
  return {
    name: "report-client",
    setup(api) {
      api.onResolve({ filter: /^virtual:report-client$/ }, () => ({ path: ID, namespace: "report-client" }));
      api.onLoad({ filter: /.*/, namespace: "report-client" }, async () => ({
        contents: await bundleReportClient(),
        loader: "text",
      }));
    },
  };
}

/** The vite side, for vitest. */
export function reportClientVitePlugin() {
  return {
    name: "report-client",
    resolveId: id => (id === ID ? `\0${ID}` : undefined),
    load: async id => (id === `\0${ID}` ? `export default ${JSON.stringify(await bundleReportClient())}` : undefined),
  };
}
