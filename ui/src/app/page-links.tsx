import { Link } from "@tanstack/react-router";
import { PAGES } from "./pages.ts";

/** On narrow screens a line of its own under the rest of the header; it wraps rather than hide a page. */
export function PageLinks({ t }: { readonly t: string | undefined }) {
  return (
    <nav
      aria-label="Pages"
      className="order-last flex basis-full flex-wrap justify-between max-md:text-[13px] max-[22.5rem]:text-xs md:order-none md:basis-auto md:flex-nowrap lg:gap-1"
    >
      {PAGES.map(([to, title]) => (
        <Link
          key={to}
          to={to}
          search={{ t }}
          className="rounded-md px-1 py-1.5 text-text-2 hover:bg-sunken hover:text-text sm:px-2 lg:px-3"
          activeProps={{ className: "bg-accent-soft !text-accent-text font-medium", "aria-current": "page" }}
          activeOptions={{ exact: to === "/", includeSearch: false }}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
