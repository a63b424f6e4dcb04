/** Prometheus' text format as `promtool check metrics` looks at it. */
interface Family {
  readonly name: string;
  readonly type: string;
  readonly samples: { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/** Families by name. @throws Error on a line that is none of the format. */
export function families(text: string): Map<string, Family> {
  const found = new Map<string, Family>();
  let family: Family | null = null;
  const helped = new Set<string>();
  for (const line of text.split("\n")) {
    const help = /^# HELP (\S+) \S/.exec(line);
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (help !== null) helped.add(help[1] as string);
    else if (type !== null) {
      family = { name: type[1] as string, type: type[2] as string, samples: [] };
      if (!helped.has(family.name)) throw new Error(`no HELP before ${line}`);
      if (found.has(family.name)) throw new Error(`${family.name} twice`);
      found.set(family.name, family);
    } else if (sample !== null && family !== null) {
      const labels = Object.fromEntries(
        [...(sample[2] ?? "").matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
      );
      family.samples.push({ name: sample[1] as string, labels, value: Number(sample[3]) });
    } else if (line.trim() !== "") throw new Error(`no line of the format: ${line}`);
  }
  return found;
}

/** What is against the conventions; empty when nothing is. */
export function exposedProblems(text: string): string[] {
  const problems: string[] = [];
  for (const { name, type, samples } of families(text).values()) {
    if ((type === "counter") !== name.endsWith("_total")) problems.push(`${name}: _total is for counters, and for all of them`);
    if (/(_count|_sum|_bucket|_info)$/.test(name)) problems.push(`${name}: a suffix of histograms`);
    if (/_(gauge|counter|histogram)(_|$)/.test(name)) problems.push(`${name}: names its type`);
    if (/_(milliseconds|ms|minutes|hours|kilobytes|megabytes|bits|percent)(_|$)/.test(name))
      problems.push(`${name}: no base unit`);
    if (/[A-Z]|:/.test(name) || !name.startsWith("sidelight_")) problems.push(`${name}: no name of ours`);
    const keys = samples.map((one) => `${one.name}${JSON.stringify(one.labels)}`);
    if (new Set(keys).size !== keys.length) problems.push(`${name}: a sample twice`);
    for (const one of samples) {
      const isOwn = one.name === name || (type === "histogram" && /^_(bucket|sum|count)$/.test(one.name.slice(name.length)));
      if (!isOwn || Number.isNaN(one.value)) problems.push(`${name}: sample ${one.name} ${one.value}`);
      if (one.name.endsWith("_bucket") !== (one.labels["le"] !== undefined)) problems.push(`${name}: le`);
    }
  }
  return problems;
}
