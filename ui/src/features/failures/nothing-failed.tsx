import { CircleCheck } from "lucide-react";
import { NothingReported } from "../../components/nothing-reported.tsx";
import { Loading } from "../../components/states.tsx";
import { useReported } from "./use-reported.ts";

/** No failed call: because all went well, or because there was no call. */
export function NothingFailed({ around }: { readonly around: string | undefined }) {
  const reported = useReported(around);
  if (reported === undefined) return <Loading rows={1} />;
  return reported ? (
    <AllWell />
  ) : (
    <NothingReported title="No call was reported in this window, so none is known to have failed" />
  );
}

/** Where calls are known to have been made. */
export function AllWell() {
  return (
    <p className="card flex items-center gap-2 px-5 py-4 text-text-2">
      <CircleCheck size={16} aria-hidden className="text-good" /> Nothing failed in this window.
    </p>
  );
}
