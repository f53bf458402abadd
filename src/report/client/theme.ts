// Colours of the plots come from the style sheet, so that both themes and print are decided there.

const LINES = 5;

export interface Palette {
  readonly lines: readonly string[];
  readonly text: string;
  readonly grid: string;
  readonly axis: string;
  readonly region: string;
  readonly mark: string;
  readonly limit: string;
  readonly shade: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    lines: Array.from({ length: LINES }, (_, i) => color(`s${i}`)),
    text: color("muted"),
    grid: color("grid"),
    axis: color("line"),
    region: color("region"),
    mark: color("mark"),
    limit: color("limit"),
    shade: color("shade"),
  };
}

/** Lets the button and the system choose; calls back after each change. */
export function watchTheme(changed: () => void): void {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  const isDark = () => (root.dataset.theme === undefined ? dark.matches : root.dataset.theme === "dark");
  const label = () => {
    if (button !== null) button.textContent = isDark() ? "Light theme" : "Dark theme";
  };
  label();
  button?.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    label();
    changed();
  });
  dark.addEventListener("change", () => {
    label();
    changed();
  });
}
