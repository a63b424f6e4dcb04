import { Link, useLocation } from "@tanstack/react-router";
import { Notice } from "../components/states.tsx";
import { useSilence } from "../features/setup/use-silence.ts";
import { decodeWindow } from "../lib/url-state.ts";
import { usePageSearch } from "../lib/use-page-search.ts";

/** Says on every page that proxies have stopped to report: what was shown last looks as well as ever. Not of a window that has ended. */
export function SilenceNotice() {
  const [{ t }] = usePageSearch();
  const isSetup = useLocation({ select: ({ pathname }) => pathname === "/setup" });
  const silence = useSilence(decodeWindow(t).lastMinutes !== null || isSetup);
  return silence === null ? null : (
    <div className="px-5 pt-3 [&>p]:mb-0" data-field="silence">
      <Notice>
        <span>
          {silence}{" "}
          {!isSetup && (
            <Link to="/setup" search={{ t }} className="underline">
              Which proxies report
            </Link>
          )}
        </span>
      </Notice>
    </div>
  );
}
