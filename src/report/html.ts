import type { Result } from "../result.ts";

export function renderHtml(result: Result): string {
  return `<!doctype html><title>${result.scenario.name}</title>`;
}
