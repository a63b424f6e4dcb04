import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { ServiceName } from "../../components/service-name.tsx";
import type { MeshFailure } from "../../lib/mesh-log-types.ts";
import { usePageSearch } from "../../lib/use-page-search.ts";

/** Who called whom, as links to the services. */
export function Ends({ failure: { source, sourceId, destination, destinationId } }: { readonly failure: MeshFailure }) {
  return (
    <span className="inline-flex min-w-0 flex-wrap items-center gap-x-1">
      {source !== null && <ServiceLink name={source} id={sourceId} />}
      {source !== null && destination !== null && <ArrowRight size={12} className="text-text-3" aria-label="calls" />}
      {destination !== null && <ServiceLink name={destination} id={destinationId} />}
    </span>
  );
}

function ServiceLink({ name, id }: { readonly name: string; readonly id: string | null }) {
  const [{ t }] = usePageSearch();
  if (id === null) return <ServiceName name={name} />;
  return (
    <Link to="/service" search={{ t, id }} className="hover:text-accent-text hover:underline">
      <ServiceName name={name} />
    </Link>
  );
}
