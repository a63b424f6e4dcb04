import { useEffect, useRef } from "react";

/** Esc, unless what has the focus, or lies on top, takes it for itself. */
export function useEscapeKey(then: () => void): void {
  const latest = useRef(then);
  latest.current = then;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.defaultPrevented) latest.current();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
