// Small conveniences: the filter of the event log, copying, printing with everything open.

export function watchFilter(): void {
  const input = document.querySelector<HTMLInputElement>("#event-filter");
  const count = document.getElementById("event-count");
  const rows = [...document.querySelectorAll<HTMLElement>("tr[data-t]")];
  input?.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/u).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = (row.textContent ?? "").toLowerCase();
      row.hidden = !words.every(word => text.includes(word));
      if (!row.hidden) shown++;
    }
    if (count !== null)
      count.textContent = shown === rows.length ? `${shown} events` : `${shown} of ${rows.length} events`;
  });
}

/** Where the clipboard is closed to files, the text is at least selected. */
async function copy(element: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(element.textContent ?? "");
    return "Copied";
  } catch {
    getSelection()?.selectAllChildren(element);
    return "Selected";
  }
}

export function watchCopy(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy]")) {
    button.addEventListener("click", async () => {
      const element = document.getElementById(button.dataset.copy ?? "");
      if (element !== null) button.textContent = await copy(element);
    });
  }
}

/** For paper every table is opened and plots are drawn for a light ground; afterwards all is as it was. */
export function watchPrint(redraw: () => void): void {
  const root = document.documentElement;
  let closed: HTMLDetailsElement[] = [];
  let theme: string | undefined;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    closed = [...document.querySelectorAll<HTMLDetailsElement>("details:not([open])")];
    for (const details of closed) details.open = true;
    redraw();
  });
  addEventListener("afterprint", () => {
    for (const details of closed) details.open = false;
    closed = [];
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    redraw();
  });
}
