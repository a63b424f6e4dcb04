import { Moon, Sun, SunMoon } from "lucide-react";
import { useState } from "react";
import { applyTheme, storedTheme, type Theme } from "./theme.ts";

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };
const ICONS = { system: SunMoon, light: Sun, dark: Moon };

export function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  const Icon = ICONS[theme];
  const next = NEXT[theme];
  const toggle = (): void => {
    applyTheme(next);
    setTheme(next);
  };
  return (
    <button
      type="button"
      className="button"
      onClick={toggle}
      aria-label={`Colours: ${theme}. Change to ${next}`}
      title={`Colours: ${theme}`}
    >
      <Icon size={15} aria-hidden />
    </button>
  );
}
