// Buttons that save a table of the page as a file.

import type { PageData } from "../charts/spec.ts";
import { csvText, sheet } from "./csv.ts";

function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function watchDownloads(data: PageData): void {
  const base = data.name.replace(/[^A-Za-z0-9._-]+/gu, "-").slice(0, 60) || "run";
  for (const button of document.querySelectorAll<HTMLElement>("[data-csv]")) {
    const id = button.dataset.csv ?? "";
    button.addEventListener("click", () => {
      const rows = sheet(data, id);
      if (rows !== null) save(`${base}-${id}.csv`, csvText(rows));
    });
  }
}
