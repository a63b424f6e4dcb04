import { useMemo } from "react";
import { type Line, TimeSeries } from "../../components/chart/time-series.tsx";
import { formatMs, formatRate } from "../../lib/format.ts";
import type { MeshSeries } from "../../lib/mesh-types.ts";
import { fixedWindow } from "../../lib/url-state.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { perSecond } from "./per-second.ts";

/** Calls and errors, and latency percentiles, over the window; of a service that TCP connections end at, these. */
export function Charts({ series }: { readonly series: MeshSeries }) {
  const [, change] = usePageSearch();
  const onWindow = (from: number, to: number): void => change({ t: fixedWindow({ from, to }) }, true);
  const [calls, latency, connections] = useMemo(
    () => [callLines(series), latencyLines(series), connectionLines(series)],
    [series],
  );
  const { hasCalls, hasConnections } = shownOf(series);
  return (
    <div className={`grid grid-cols-1 gap-4 ${hasCalls ? "lg:grid-cols-2" : ""}`}>
      {hasCalls && (
        <>
          <TimeSeries title="Calls and errors" at={series.at} lines={calls} format={formatRate} onWindow={onWindow} />
          <TimeSeries title="Latency" at={series.at} lines={latency} format={formatMs} onWindow={onWindow} />
        </>
      )}
      {hasConnections && (
        <TimeSeries title="TCP connections" at={series.at} lines={connections} format={formatRate} onWindow={onWindow} />
      )}
    </div>
  );
}

function callLines(series: MeshSeries): Line[] {
  const now = Date.now();
  return [
    { label: "Calls", values: perSecond(series.calls, series, now), color: "series-1", fill: true },
    { label: "Failed", values: perSecond(series.failed, series, now), color: "bad", fill: true },
  ];
}

function connectionLines(series: MeshSeries): Line[] {
  return [{ label: "Connections", values: perSecond(series.connections, series, Date.now()), color: "series-1", fill: true }];
}

function shownOf({ calls, connections }: MeshSeries) {
  const isAny = (values: readonly (number | null)[]): boolean => values.some((value) => value !== null && value > 0);
  return { hasCalls: isAny(calls), hasConnections: isAny(connections) };
}

function latencyLines({ p50, p95, p99 }: MeshSeries): Line[] {
  return [
    { label: "p50", values: p50, color: "series-1" },
    { label: "p95", values: p95, color: "series-2" },
    { label: "p99", values: p99, color: "series-3" },
  ];
}
