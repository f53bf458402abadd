// Debian's chromium through playwright-core, and axe. The types of both packages need the DOM's, which this side of the
// project does not have on purpose; so the few calls that the tests make are described here.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";

export interface Locator {
  first(): Locator;
  filter(options: { visible: boolean }): Locator;
  count(): Promise<number>;
  textContent(): Promise<string | null>;
  isVisible(): Promise<boolean>;
  click(): Promise<void>;
  fill(text: string): Promise<void>;
  boundingBox(): Promise<{ x: number; y: number; width: number; height: number } | null>;
  waitFor(options: { state: "attached" | "visible" }): Promise<void>;
}

export interface Page {
  on(event: "request", listener: (request: { url(): string }) => void): void;
  on(event: "console", listener: (message: { text(): string }) => void): void;
  on(event: "pageerror", listener: (error: Error) => void): void;
  addInitScript(script: string): Promise<unknown>;
  goto(address: string): Promise<unknown>;
  evaluate<T>(expression: string): Promise<T>;
  locator(selector: string): Locator;
  readonly mouse: { move(x: number, y: number): Promise<void> };
  waitForEvent(event: "download"): Promise<{ suggestedFilename(): string; path(): Promise<string> }>;
  pdf(options: { format: string }): Promise<Buffer>;
  context(): { close(): Promise<void> };
}

export interface ContextOptions {
  readonly viewport?: { width: number; height: number };
  readonly colorScheme?: "light" | "dark";
  readonly javaScriptEnabled?: boolean;
}

export interface Browser {
  newContext(options: ContextOptions): Promise<{ newPage(): Promise<Page> }>;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** Where the browser is, unless the environment names another. */
export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const CHROMIUM_MISSING = !existsSync(CHROMIUM);

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchChromium(): Promise<Browser> {
  const { chromium } = require("playwright-core") as {
    chromium: { launch(options: { executablePath: string; args: readonly string[] }): Promise<Browser> };
  };
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** The script of axe, to be run in a page. */
export function axeSource(): string {
  return (require("axe-core") as { source: string }).source;
}
