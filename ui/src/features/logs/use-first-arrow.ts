import { useEffect, useRef } from "react";

/** The first arrow key on a page where nothing has the focus. */
export function useFirstArrow(then: () => void): void {
  const latest = useRef(then);
  latest.current = then;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.key !== "ArrowDown" && event.key !== "ArrowUp") || document.activeElement !== document.body) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
