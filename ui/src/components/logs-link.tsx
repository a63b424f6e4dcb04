import { Link } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { encodeFilter, type FilterPart } from "../lib/log-filter.ts";
import { usePageSearch } from "../lib/use-page-search.ts";

interface LogsLinkProps {
  readonly parts: readonly FilterPart[];
  /** What the rows are of, for those who hear the link rather than see where it stands. */
  readonly label: string;
  /** Shown beside the icon. */
  readonly text?: string;
}

/** To the rows of the access log that fit, over the page's window. */
export function LogsLink({ parts, label, text }: LogsLinkProps) {
  const [{ t }] = usePageSearch();
  const look = text === undefined ? "inline-flex rounded p-1 text-text-3 hover:bg-accent-soft hover:text-accent-text" : "button";
  return (
    <Link to="/logs" search={{ t, f: encodeFilter(parts) }} className={look} aria-label={label} title={label}>
      <ScrollText size={14} aria-hidden />
      {text !== undefined && <span>{text}</span>}
    </Link>
  );
}
