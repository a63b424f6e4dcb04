/** SVG path of an area under a series, one piece per run of points without a gap. */
export function areaPath(values: readonly (number | null)[], max: number, width: number, height: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (value: number): string => (height - 1 - (value / max) * (height - 3)).toFixed(1);
  let path = "";
  let run: string[] = [];
  let start = 0;
  const close = (end: number): void => {
    if (run.length > 0)
      path += `M${(start * step).toFixed(1)},${height} L${run.join(" L")} L${(end * step).toFixed(1)},${height} Z `;
    run = [];
  };
  for (const [i, value] of values.entries()) {
    if (value === null) close(i - 1);
    else {
      if (run.length === 0) start = i;
      run.push(`${(i * step).toFixed(1)},${y(value)}`);
    }
  }
  close(values.length - 1);
  return path.trim();
}

export function maxOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
}
