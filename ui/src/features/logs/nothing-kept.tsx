import { Empty } from "../../components/states.tsx";

interface NothingKeptProps {
  readonly hasFilter: boolean;
  readonly onClear: () => void;
}

/** Why there can be nothing to show. */
export function NothingKept({ hasFilter, onClear }: NothingKeptProps) {
  return (
    <Empty title={hasFilter ? "No kept row fits this filter in this window" : "Nothing was kept in this window"}>
      <ul className="mx-auto mb-4 max-w-md list-disc space-y-1 pl-5 text-left">
        <li>{hasFilter ? "No such call was made, or" : "No proxy reported a call, or"} it was made outside this window.</li>
        <li>Rows are kept 3 days, those of failed and slow calls 14, unless the retention settings say otherwise.</li>
        <li>
          Of a busy mesh a sample is kept: a rare call that neither failed nor was slow can be missing. Metrics count every call.
        </li>
        <li>With both access-log budgets set to 0 no rows are kept at all.</li>
      </ul>
      {hasFilter && (
        <button type="button" className="button" onClick={onClear}>
          Remove all filters
        </button>
      )}
    </Empty>
  );
}
