// Tables of figures: unit in the header, digits right-aligned. A wide one scrolls in itself, never the page.

import { html, type Markup } from "../markup.ts";

export interface Column<Row> {
  readonly head: string;
  readonly unit?: string;
  /** Words stand left, figures right. */
  readonly words?: boolean;
  cell(row: Row, index: number): string | Markup;
}

/** `label` says what the table is about to those who do not see where it stands. */
export function dataTable<Row>(
  label: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  rowAttributes?: (row: Row) => Markup,
): Markup {
  const head = columns.map(
    ({ head, unit, words }) =>
      html`<th scope="col"${words === true && html` class="w"`}>${head}${unit !== undefined && unit !== "" && html` <small>${unit}</small>`}</th>`,
  );
  const body = rows.map((row, index) => {
    const cells = columns.map(({ words, cell }) => html`<td${words === true && html` class="w"`}>${cell(row, index)}`);
    return html`<tr${rowAttributes?.(row)}>${cells}\n`;
  });
  // End tags of cells and rows are optional in HTML, and there are thousands of them.
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="${label}">
      <table><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table>
    </div>`;
}
