/** Ctrl-K: jump to a service or a page. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { useEffect, useState } from "react";
import { ask } from "../lib/graphql-client.ts";
import { usePageSearch } from "../lib/use-page-search.ts";
import { PAGES } from "./pages.ts";
import { useFocusBack } from "./use-focus-back.ts";

interface Palette {
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
}

const SERVICES = "{ listServices { id name } }";

export function useCommandPalette(): Palette {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((before) => !before);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return { open, setOpen };
}

export function CommandPalette({ open, setOpen }: Palette) {
  const navigate = useNavigate();
  const [{ t }] = usePageSearch();
  useFocusBack(open);
  const { data } = useQuery({
    queryKey: ["palette"],
    queryFn: ({ signal }) => ask<{ listServices: { id: string; name: string }[] }>(SERVICES, {}, signal),
    enabled: open,
  });
  const go = (target: object, id?: string): void => {
    setOpen(false);
    void navigate({ ...target, search: { t, id } } as never);
  };
  const item = "cursor-pointer rounded-md px-3 py-2 data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent-text";
  return (
    <Command.Dialog
      open={open}
      onOpenChange={setOpen}
      label="Find a service or page"
      overlayClassName="fixed inset-0 z-30 bg-black/30"
      contentClassName="card fixed top-24 left-1/2 z-40 w-[min(560px,92vw)] -translate-x-1/2 p-2"
    >
      <Command.Input
        placeholder="Service or page"
        className="w-full border-b border-line bg-transparent px-3 py-2 outline-none"
      />
      <Command.List className="max-h-80 overflow-auto pt-2">
        <Command.Empty className="px-3 py-4 text-text-3">Nothing has this name.</Command.Empty>
        {PAGES.map(([to, title]) => (
          <Command.Item key={to} value={`page ${title}`} onSelect={() => go({ to })} className={item}>
            {title}
          </Command.Item>
        ))}
        {data?.data.listServices.map(({ id, name }) => (
          <Command.Item key={id} value={name} onSelect={() => go({ to: "/service" }, id)} className={item}>
            {name}
          </Command.Item>
        ))}
      </Command.List>
    </Command.Dialog>
  );
}
