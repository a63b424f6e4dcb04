/** What a page shows when it has nothing to show yet. */
import { CircleAlert, Info } from "lucide-react";
import type { ReactNode } from "react";

export function Loading({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div className="card flex flex-col gap-3 p-4" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((key) => (
        <div key={key} className="skeleton h-5" />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="card mx-auto mt-10 max-w-xl p-8 text-center">
      <h2 className="mb-2 text-base font-semibold">{title}</h2>
      <div className="text-text-2">{children}</div>
    </div>
  );
}

export function ErrorState({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  return (
    <div className="card mx-auto mt-10 max-w-xl p-6" role="alert">
      <h2 className="mb-1 flex items-center gap-2 font-semibold text-bad">
        <CircleAlert size={18} aria-hidden /> This could not be read
      </h2>
      <p className="mb-4 text-text-2">{error.message}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

export function Notice({ children }: { readonly children: ReactNode }) {
  return (
    <p className="mb-3 flex items-center gap-2 rounded-lg bg-warn-soft px-3 py-2 text-warn" role="status">
      <Info size={16} aria-hidden className="shrink-0" /> <span className="min-w-0 wrap-anywhere">{children}</span>
    </p>
  );
}
