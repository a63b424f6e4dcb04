/** Aligned columns for a terminal. */

/** The first column and those named in `left` are aligned left, the others, which are numbers, right. `summary`: rows below a line. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  summary: readonly (readonly string[])[],
  left: readonly number[] = [],
): string {
  const all = [headings, ...rows, ...summary];
  const widths = headings.map((_, i) => Math.max(...all.map((row) => lengthOf(row[i] ?? ""))));
  const isLeft = (i: number): boolean => i === 0 || left.includes(i);
  const line = (row: readonly string[]): string =>
    widths
      .map((width, i) => aligned(row[i] ?? "", width, isLeft(i)))
      .join("  ")
      .trimEnd(); // prettier-ignore
  const rule = summary.length === 0 ? [] : [line(widths.map((width) => "─".repeat(width)))];
  return `${[line(headings), ...rows.map(line), ...rule, ...summary.map(line)].join("\n")}\n`;
}

/** Without what moves a cursor or turns the direction of writing: names come from the mesh. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
}

function aligned(text: string, width: number, isLeft: boolean): string {
  const space = " ".repeat(Math.max(0, width - lengthOf(text)));
  return isLeft ? text + space : space + text;
}

function lengthOf(text: string): number {
  return [...text].length;
}
