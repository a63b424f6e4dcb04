import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { usePageSearch } from "../lib/use-page-search.ts";
import { Empty } from "./states.tsx";

interface NothingReportedProps {
  readonly title: string;
  /** What else is known. */
  readonly children?: ReactNode;
}

/** A window without any report: neither good nor bad, and never to be taken for "all is well". */
export function NothingReported({ title, children }: NothingReportedProps) {
  const [{ t }] = usePageSearch();
  return (
    <Empty title={title}>
      {children}
      <p className="mb-4">Choose another window, or see whether proxies report.</p>
      <Link to="/setup" search={{ t }} className="button">
        Which proxies report
      </Link>
    </Empty>
  );
}
