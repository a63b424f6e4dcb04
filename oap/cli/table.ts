/** Aligned columns for a terminal. */

/** Columns whose number is in `left` are aligned left, the others, which are numbers, right. `summary`: rows below a line. */
export function table(
  headings: readonly string[],
  body: readonly (readonly string[])[],
  summary: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string {
  const all = [headings, ...body, ...summary];
  const rule = headings.map((_, i) => "─".repeat(widthOf(all, i)));
  return rows([headings, ...body, ...(summary.length === 0 ? [] : [rule, ...summary])], left);
}

/** The same without headings. */
export function rows(all: readonly (readonly string[])[], left: readonly number[]): string {
  const widths = (all[0] ?? []).map((_, i) => widthOf(all, i));
  const line = (row: readonly string[]): string =>
    widths
      .map((width, i) => aligned(row[i] ?? "", width, left.includes(i)))
      .join("  ")
      .trimEnd(); // prettier-ignore
  return `${all.map(line).join("\n")}\n`;
}

/** Without what moves a cursor or turns the direction of writing: names come from the mesh. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
}

function widthOf(all: readonly (readonly string[])[], column: number): number {
  return Math.max(...all.map((row) => lengthOf(row[column] ?? "")));
}

function aligned(text: string, width: number, isLeft: boolean): string {
  const space = " ".repeat(Math.max(0, width - lengthOf(text)));
  return isLeft ? text + space : space + text;
}

function lengthOf(text: string): number {
  return [...text].length;
}
