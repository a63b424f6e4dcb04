import { useLayoutEffect } from "react";

/** Gives the focus back to what had it when something opened: the dialog does so for a trigger of its own only, and the palette has a key. */
export function useFocusBack(isOpen: boolean): void {
  // Before the dialog takes the focus, and back after it has let go of it.
  useLayoutEffect(() => {
    if (!isOpen) return;
    const before = document.activeElement;
    return () => void setTimeout(() => before instanceof HTMLElement && before.focus({ preventScroll: true }));
  }, [isOpen]);
}
