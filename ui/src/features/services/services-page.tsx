import { Link } from "@tanstack/react-router";
import { Sparkline } from "../../components/chart/sparkline.tsx";
import { NothingReported } from "../../components/nothing-reported.tsx";
import { Calls, ErrorShare, Figure, isTcp } from "../../components/number.tsx";
import { ServiceName } from "../../components/service-name.tsx";
import { Empty, ErrorState, Loading, Notice } from "../../components/states.tsx";
import { threeDigits } from "../../components/table/sort-rows.ts";
import { type ColumnOf, SortableTable } from "../../components/table/sortable-table.tsx";
import type { MeshServiceRow, MeshTraffic } from "../../lib/mesh-types.ts";
import { decodeSort, encodeSort } from "../../lib/url-state.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { useTitle } from "../../lib/use-title.ts";
import { isUnseen, shareToCallers, worstErrorShare } from "./seen.ts";
import { useServices } from "./use-services.ts";

export function ServicesPage() {
  useTitle("Services");
  const [search, change] = usePageSearch();
  const { data, error, refetch } = useServices();
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const columns = columnsOf(search.t);
  const sort = decodeSort(
    search.sort,
    columns.map(({ id }) => id),
    { column: "calls", descending: true },
  );
  const { services, truncated } = data?.data.meshServices ?? { services: null, truncated: false };
  const isSilent = services !== null && services.length > 0 && services.every(isUnseen);
  const wanted = (search.q ?? "").toLowerCase();
  const shown = services?.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <div className="mx-auto max-w-6xl p-3 sm:p-5">
      <div className="mb-4 flex items-center gap-3">
        <h1 className="text-lg font-semibold">Services</h1>
        {services !== null && <span className="text-text-3">{services.length}</span>}
        <input
          type="search"
          className="field ml-auto w-64 min-w-0"
          placeholder="Filter by name"
          aria-label="Filter by name"
          value={search.q ?? ""}
          onChange={(event) => change({ q: event.target.value || undefined })}
        />
      </div>
      {error !== null && <Notice>Shown is what was read last: {error.message}</Notice>}
      {truncated && <Notice>There are more services than can be listed; these are the busiest.</Notice>}
      {shown === undefined ? <Loading rows={8} /> : null}
      {services?.length === 0 && <NothingYet t={search.t} />}
      {isSilent && (
        <NothingReported title="No service reported a call to it in this window">
          <p className="mb-2">
            {services?.length === 1 ? "One service is" : `${services?.length} services are`} known from other windows.
          </p>
        </NothingReported>
      )}
      {shown !== undefined && services !== null && services.length > 0 && !isSilent && (
        <>
          <SortableTable
            label="Services"
            rows={shown}
            columns={columns}
            keyOf={({ name }) => name}
            sort={sort}
            onSort={(next) => change({ sort: encodeSort(next) })}
          />
          {shown.length === 0 && <p className="p-6 text-center text-text-3">No service has “{search.q}” in its name.</p>}
        </>
      )}
    </div>
  );
}

function NothingYet({ t }: { readonly t: string | undefined }) {
  return (
    <Empty title="No proxy has reported a call yet">
      <p className="mb-4">Point an Envoy’s access logs here; services appear within seconds.</p>
      <Link to="/setup" search={{ t }} className="button">
        How to connect a proxy
      </Link>
    </Empty>
  );
}

function columnsOf(t: string | undefined): ColumnOf<MeshServiceRow>[] {
  return [
    {
      id: "name",
      title: "Service",
      narrow: "line",
      order: ({ name }) => name,
      cell: ({ id, name }) => (
        <Link to="/service" search={{ t, id }} className="hover:text-accent-text hover:underline">
          <ServiceName name={name} />
        </Link>
      ),
    },
    {
      id: "trend",
      title: "Calls over time",
      narrow: "hidden",
      cell: ({ name, traffic, sparkline: { at, connections, ...calls } }) =>
        isTcp(traffic) ? (
          <Sparkline at={at} calls={connections} failed={[]} label={`Connections of ${name} over time`} />
        ) : (
          <Sparkline at={at} {...calls} label={`Calls of ${name} over time`} />
        ),
    },
    {
      id: "calls",
      title: "Calls",
      isNumber: true,
      order: ({ traffic }) => (traffic === null ? null : threeDigits(traffic.calls + traffic.tcpConnections)),
      cell: ({ traffic }) => <Calls of={traffic} />,
    },
    {
      id: "rate",
      title: "Rate",
      isNumber: true,
      narrow: "hidden",
      order: ({ traffic }) => threeDigits(rateOf(traffic)),
      cell: ({ traffic }) => <Figure field="callRate" value={rateOf(traffic)} as="rate" />,
    },
    {
      id: "errors",
      title: "Errors",
      isNumber: true,
      order: (row) => threeDigits(worstErrorShare(row)),
      cell: (row) => (
        <div className="flex flex-col items-end">
          <ErrorShare value={row.traffic?.errorShare} />
          <ToCallers row={row} />
        </div>
      ),
    },
    {
      id: "p95",
      title: "p95",
      isNumber: true,
      order: ({ traffic }) => threeDigits(traffic?.p95 ?? null),
      cell: ({ traffic }) => <Figure field="p95" value={traffic?.p95} as="ms" />,
    },
    {
      id: "apdex",
      title: "Apdex",
      isNumber: true,
      narrow: "hidden",
      order: ({ traffic }) => traffic?.apdex ?? null,
      cell: ({ traffic }) => (
        <span data-field="apdex" data-value={traffic?.apdex ?? ""} className={traffic?.apdex == null ? "text-text-3" : undefined}>
          {traffic?.apdex == null ? "–" : traffic.apdex.toFixed(3)}
        </span>
      ),
    },
  ];
}

function ToCallers({ row }: { readonly row: MeshServiceRow }) {
  const share = shareToCallers(row);
  if (share === null) return null;
  return (
    <span
      className="flex flex-wrap justify-end gap-x-1 text-xs whitespace-nowrap"
      title={`Share of the calls to ${row.name} that failed for its callers`}
    >
      <ErrorShare value={share} field="errorShareToCallers" />
      <span className="text-text-3">to callers</span>
    </span>
  );
}

/** Of calls; where there are none, of connections. */
function rateOf(traffic: MeshTraffic | null): number | null {
  return (isTcp(traffic) ? traffic?.connectionRate : traffic?.callRate) ?? null;
}
