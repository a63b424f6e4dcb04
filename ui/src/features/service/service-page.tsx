import { Link } from "@tanstack/react-router";
import { Share2 } from "lucide-react";
import type { ReactNode } from "react";
import { LogsLink } from "../../components/logs-link.tsx";
import { NothingReported } from "../../components/nothing-reported.tsx";
import { Empty, ErrorState, Loading, Notice } from "../../components/states.tsx";
import { formatAgo } from "../../lib/format.ts";
import type { MeshServiceDetail } from "../../lib/mesh-types.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { useTitle } from "../../lib/use-title.ts";
import { Charts } from "./charts.tsx";
import { Endpoints } from "./endpoints.tsx";
import { Headline } from "./headline.tsx";
import { Instances } from "./instances.tsx";
import { Neighbours } from "./neighbours.tsx";
import { useService } from "./use-service.ts";

interface ServicePageProps {
  /** What else is told of a service: why calls of it fail. */
  readonly failures: (service: { readonly id: string; readonly name: string }) => ReactNode;
}

export function ServicePage({ failures }: ServicePageProps) {
  const [{ t, id = "" }] = usePageSearch();
  const { data, error, refetch } = useService(id);
  const service = data?.data.meshService;
  useTitle(service?.name ?? "Service");
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (service === undefined) {
    return (
      <div className="mx-auto max-w-6xl p-3 sm:p-5">
        <Loading rows={10} />
      </div>
    );
  }
  if (service === null) {
    return (
      <Empty title="There is no such service">
        <Link to="/" search={{ t }} className="button">
          All services
        </Link>
      </Empty>
    );
  }
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-3 sm:p-5">
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="min-w-0 text-lg font-semibold wrap-anywhere">{service.name}</h1>
        {service.layers.map((layer) => (
          <span key={layer} className="rounded-full bg-sunken px-2 py-0.5 text-xs text-text-2">
            {layer}
          </span>
        ))}
        <span className="ml-auto flex gap-2">
          <LogsLink parts={[{ name: "service", value: service.name }]} label={`Logs of ${service.name}`} text="Logs" />
          <Link to="/map" search={{ t, around: service.id }} className="button">
            <Share2 size={14} aria-hidden /> On the map
          </Link>
        </span>
      </div>
      {error !== null && <Notice>Shown is what was read last: {error.message}</Notice>}
      {isSilent(service) ? (
        <NothingReported title="Nothing was reported of this service in this window">
          {service.lastSeen !== null && <p className="mb-2">It was last seen {formatAgo(service.lastSeen, Date.now())}.</p>}
        </NothingReported>
      ) : (
        <Reported service={service} failures={failures} />
      )}
    </div>
  );
}

function Reported({ service, failures }: ServicePageProps & { readonly service: MeshServiceDetail }) {
  return (
    <>
      {service.traffic === null ? (
        <Notice>
          No proxy of this service reported a call to it in this window.{" "}
          {service.callers.length > 0 ? "What its callers saw is below." : "Whom it called is below."}
        </Notice>
      ) : (
        <Headline traffic={service.traffic} statusClasses={service.statusClasses} />
      )}
      {service.traffic !== null && <Charts series={service.series} />}
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Neighbours title="Callers" nothing="Nobody called it in this window." neighbours={service.callers} />
        <Neighbours title="Callees" nothing="It called nobody in this window." neighbours={service.callees} />
      </div>
      {failures(service)}
      <Endpoints service={service.name} endpoints={service.endpoints} truncated={service.endpointsTruncated} />
      <Instances instances={service.instances} />
    </>
  );
}

/** Neither itself nor anybody else told of a call. */
function isSilent({ traffic, callers, callees }: MeshServiceDetail): boolean {
  return traffic === null && callers.length === 0 && callees.length === 0;
}
