/** results.md: the tables of what is recorded, and after a mark what was written by hand. */
import type { PartRecord } from "./bench.ts";
import type { Part, Row } from "./part.ts";

export type Records = Readonly<Record<string, PartRecord>>;

export const BY_HAND = "<!-- From here on written by hand: `npm run bench` keeps it as it stands. -->";

const INTRODUCTION = `# Results of \`npm run bench\`

Every row says when and on which commit it was taken: a run of some parts (\`npm run bench -- bytes-to-slots\`) leaves the others as they were. Where a figure is of several
runs it is their median, each in fresh processes; in brackets all of them. A run whose sums differ from what was sent, or that passed its ceiling of memory, fails its part.

Load, where nothing else is said: 200 services with 2,000 instances, 10,000 endpoints, 5,000 edges, 20,000 pairs of instances; entries with mTLS fields and both peer Structs in
messages of 16; 8 streams on as many connections, on each of which the instances follow one another, or, where that is said, a stream for each instance. In every run of the whole product the calls and the histogram of each service, instance,
endpoint and edge add up to what was sent.`;

/** @param parts all that there are, in their order; @param notes what stands after the mark */
export function report(parts: readonly Part[], records: Records, notes: string): string {
  const sections = [...new Set(parts.map(({ section }) => section))].map((section) => {
    const rows = parts.filter((part) => part.section === section).flatMap((part) => rowsOf(part, records[part.name]));
    const setting = section.setting === "" ? "" : `${section.setting}\n\n`;
    return `## ${section.title}\n\n${setting}${table([...section.head, "taken"], rows)}`;
  });
  return `${[INTRODUCTION, ...sections, `## Parts\n\n${partsTable(parts, records)}`].join("\n\n")}\n\n${BY_HAND}${notes}`;
}

/** What stands after the mark. @throws Error when there is none: what somebody wrote would be lost. */
export function notesOf(text: string): string {
  const at = text.indexOf(BY_HAND);
  if (at < 0) throw new Error(`results.md has no line "${BY_HAND}": what was written by hand cannot be told from the tables`);
  return text.slice(at + BY_HAND.length);
}

function rowsOf({ section, what, name }: Part, record: PartRecord | undefined): Row[] {
  const only = (figure: string, taken: string): Row[] => [[what, figure, ...section.head.slice(2).map(() => ""), taken]];
  if (record === undefined) return only(`not taken yet: \`npm run bench -- ${name}\``, "");
  const taken = `${record.date.slice(0, 10)}, ${record.commit}`;
  if (record.failed !== undefined) return only(`**failed**: ${record.failed}`, taken);
  return record.rows.map((row) => [...row, taken]);
}

function partsTable(parts: readonly Part[], records: Records): string {
  const rows = parts.flatMap(({ name }) => {
    const record = records[name];
    return record === undefined ? [] : [[name, `${record.date} UTC`, record.commit, `${record.seconds} s`, record.machine]];
  });
  return table(["part", "taken", "commit", "took", "machine"], rows);
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
