/** Numbers and lists as text for people, and for machines that read like them. Pure. */
const NONE = "–";
/** Characters of one answer: a long one costs whoever reads it more than it tells. */
const TEXT_MAX = 40_000;

export function count(value: number | null): string {
  return value === null ? NONE : value.toLocaleString("en-US");
}

export function rate(perSecond: number | null): string {
  return perSecond === null ? NONE : `${perSecond.toPrecision(3).replace(/\.?0+$/, "")}/s`;
}

/** Never rounded to 0 % or 100 % where it is not: 0.004 % of failures are some. */
export function percent(share: number | null): string {
  if (share === null) return NONE;
  const value = share * 100;
  if (value > 0 && value < 0.01) return "<0.01 %";
  if (value < 100 && value > 99.99) return ">99.99 %";
  return `${Number(value.toFixed(2))} %`;
}

export function ms(value: number | null): string {
  if (value === null) return NONE;
  return value >= 10_000
    ? `${(value / 1_000).toFixed(1)} s`
    : value >= 100
      ? `${Math.round(value)} ms`
      : `${value.toPrecision(2)} ms`;
}

/** A Markdown table; "" without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What is "" is left out. */
export function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

export function bounded(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}\n… cut; ask for less at a time`;
}

export function section(title: string, body: string): string {
  return body === "" ? "" : `## ${title}\n${body}`;
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
