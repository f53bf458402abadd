import type { Plugin as VitePlugin } from "vite";

export function bundleReportClient(): Promise<string>;
export function reportClientPlugin(): import("esbuild").Plugin;
export function reportClientVitePlugin(): VitePlugin;
