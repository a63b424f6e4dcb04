/** The window the page shows: a running one, or a fixed one from and to. */
import * as Popover from "@radix-ui/react-popover";
import { CalendarRange, ChevronDown } from "lucide-react";
import { useState } from "react";
import { formatWindow, formatZone } from "../../lib/format.ts";
import type { TimeWindow } from "../../lib/url-state.ts";

const CHOICES = [
  [5, "Last 5 minutes"],
  [15, "Last 15 minutes"],
  [30, "Last 30 minutes"],
  [60, "Last hour"],
  [360, "Last 6 hours"],
  [1_440, "Last 24 hours"],
  [10_080, "Last 7 days"],
  [43_200, "Last 30 days"],
  [129_600, "Last 90 days"],
  [525_600, "Last year"],
] as const;

interface TimeRangeProps {
  readonly window: TimeWindow;
  readonly onChange: (window: TimeWindow) => void;
}

export function TimeRange({ window, onChange }: TimeRangeProps) {
  const [open, setOpen] = useState(false);
  const choose = (chosen: TimeWindow): void => {
    onChange(chosen);
    setOpen(false);
  };
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className="button min-w-0" aria-label={`Time window: ${labelOf(window)}`}>
        <CalendarRange size={15} aria-hidden className="shrink-0" /> <span className="truncate">{labelOf(window)}</span>
        <ChevronDown size={14} aria-hidden className="shrink-0" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          className="card z-20 flex max-h-(--radix-popover-content-available-height) w-72 flex-col gap-1 overflow-auto p-2"
        >
          {CHOICES.map(([minutes, label]) => (
            <button
              key={minutes}
              type="button"
              className="cursor-pointer rounded-md px-2 py-1.5 text-left hover:bg-sunken data-[active=true]:bg-accent-soft data-[active=true]:text-accent-text"
              data-active={window.lastMinutes === minutes}
              onClick={() => choose({ lastMinutes: minutes, from: null, to: null })}
            >
              {label}
            </button>
          ))}
          <FixedWindow window={window} onChoose={choose} />
          <p className="px-2 pb-1 text-xs text-text-3">All times are in {formatZone(Date.now())}.</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function FixedWindow({ window, onChoose }: { readonly window: TimeWindow; readonly onChoose: (window: TimeWindow) => void }) {
  const [from, setFrom] = useState(toLocal(window.from ?? Date.now() - 3_600_000));
  const [to, setTo] = useState(toLocal(window.to ?? Date.now()));
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const isGood = Number.isFinite(start) && Number.isFinite(end) && end > start;
  return (
    <form
      className="mt-1 flex flex-col gap-2 border-t border-line p-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) onChoose({ lastMinutes: null, from: start, to: end });
      }}
    >
      <label className="flex flex-col gap-1 text-text-2">
        From{" "}
        <input type="datetime-local" className="field w-full" value={from} onChange={(event) => setFrom(event.target.value)} />
      </label>
      <label className="flex flex-col gap-1 text-text-2">
        To <input type="datetime-local" className="field w-full" value={to} onChange={(event) => setTo(event.target.value)} />
      </label>
      <button type="submit" className="button justify-center" disabled={!isGood}>
        {isGood ? "Show this window" : "The end must be after the start"}
      </button>
    </form>
  );
}

function labelOf({ lastMinutes, from, to }: TimeWindow): string {
  if (from === null || to === null)
    return CHOICES.find(([minutes]) => minutes === lastMinutes)?.[1] ?? `Last ${lastMinutes} minutes`;
  return formatWindow(from, to);
}

/** Local time in the form of a datetime-local field. */
function toLocal(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
