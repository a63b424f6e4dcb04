import { Link } from "@tanstack/react-router";
import { ErrorState, Loading } from "../../components/states.tsx";
import { usePageSearch } from "../../lib/use-page-search.ts";
import { FailureTable } from "./failure-table.tsx";
import { withParts } from "./group-failures.ts";
import { AllWell } from "./nothing-failed.tsx";
import { useFailures } from "./use-failures.ts";

const SHOWN_MAX = 5;

/** The most frequent causes of failed calls of and to one service, of which calls were reported. */
export function ServiceFailures({ id, name }: { readonly id: string; readonly name: string }) {
  const [{ t }] = usePageSearch();
  const { data, error, refetch } = useFailures("cause", id);
  const groups = data?.data.meshFailures.groups;
  return (
    <section aria-label="Failures">
      <div className="mb-2 flex items-center gap-3">
        <h2 className="font-semibold">Failures</h2>
        {groups !== undefined && groups.length > 0 && (
          <Link to="/failures" search={{ t, id }} className="text-accent-text hover:underline">
            {groups.length > SHOWN_MAX ? `All ${groups.length} causes` : "By who calls whom, by endpoint"}
          </Link>
        )}
      </div>
      {error !== null && data === undefined && <ErrorState error={error} onRetry={() => void refetch()} />}
      {groups === undefined && error === null && <Loading rows={2} />}
      {groups?.length === 0 && <AllWell />}
      {groups !== undefined && groups.length > 0 && (
        <FailureTable
          groups={withParts(groups.slice(0, SHOWN_MAX), data?.data.parts.groups ?? [], "cause")}
          by="cause"
          service={name}
        />
      )}
    </section>
  );
}
