import { Link, Outlet } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { TimeRange } from "../components/time-range/time-range.tsx";
import { decodeWindow, encodeWindow } from "../lib/url-state.ts";
import { usePageSearch } from "../lib/use-page-search.ts";
import { CommandPalette, useCommandPalette } from "./command-palette.tsx";
import { PageLinks } from "./page-links.tsx";
import { PartialNotice } from "./partial-notice.tsx";
import { SilenceNotice } from "./silence-notice.tsx";
import { ThemeButton } from "./theme-button.tsx";

export function Layout() {
  const [search, change] = usePageSearch();
  const palette = useCommandPalette();
  return (
    <div className="flex h-full flex-col">
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:absolute focus:z-30 focus:m-2 focus:rounded focus:bg-surface focus:p-2"
      >
        Skip to the page
      </a>
      <header className="flex shrink-0 flex-wrap items-center gap-1 border-b border-line bg-surface px-3 py-1.5 md:h-13 md:flex-nowrap md:px-4 md:py-0">
        <Link
          to="/"
          search={{ t: search.t }}
          className="mr-2 flex shrink-0 items-center gap-2 font-semibold tracking-tight lg:mr-4"
          aria-label="Sidelight"
        >
          <img src="/favicon.svg" alt="" className="size-6" /> <span className="hidden lg:inline">Sidelight</span>
        </Link>
        <PageLinks t={search.t} />
        <div className="ml-auto flex min-w-0 flex-1 items-center justify-end gap-2">
          <button type="button" className="button" onClick={() => palette.setOpen(true)} aria-label="Find a service or page">
            <Search size={14} aria-hidden /> <span className="hidden lg:inline">Find</span>
            <kbd className="hidden lg:inline rounded bg-sunken px-1 font-mono text-xs text-text-3">Ctrl K</kbd>
          </button>
          <TimeRange window={decodeWindow(search.t)} onChange={(window) => change({ t: encodeWindow(window) })} />
          <ThemeButton />
        </div>
      </header>
      <PartialNotice />
      <SilenceNotice />
      <main id="page" className="min-h-0 flex-1 overflow-auto">
        <Outlet />
      </main>
      <CommandPalette {...palette} />
    </div>
  );
}

export function NotFound() {
  return (
    <div className="card mx-auto mt-10 max-w-xl p-8 text-center">
      <h1 className="mb-2 text-base font-semibold">There is no such page</h1>
      <Link to="/" className="text-accent-text underline">
        Go to the services
      </Link>
    </div>
  );
}
