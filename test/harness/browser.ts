/** A real browser: Debian's Chromium, driven by playwright-core. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const SCREENSHOTS = fileURLToPath(new URL("../../.cache/screenshots/", import.meta.url));
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]; // prettier-ignore

/** Path of the browser; null, said loudly, when there is none. */
export function findBrowser(): string | null {
  const path = CANDIDATES.find((one) => existsSync(one));
  if (path === undefined) console.warn("\n!!! No Chromium: the tests in a real browser are skipped. .ci/run installs it.\n");
  return path ?? null;
}

/** A page that remembers everything that went wrong on it. `login`: what is typed when the browser asks; certificates are then taken as they are. */
export async function openBrowser(
  executablePath: string,
  theme: "light" | "dark" = "light",
  login?: { readonly username: string; readonly password: string },
) {
  const profile = mkdtempSync(join(tmpdir(), "sidelight-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1_440, height: 900 },
    args: FLAGS,
    ...(login === undefined ? {} : { httpCredentials: login, ignoreHTTPSErrors: true }),
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => {
    if (request.failure()?.errorText !== "net::ERR_ABORTED")
      problems.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("response", (response) => response.status() >= 400 && problems.push(`${response.status()}: ${response.url()}`));
  await page.addInitScript((chosen) => localStorage.setItem("sidelight-theme", chosen), theme);
  return {
    page,
    problems,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

/** Exact value of a number on the page, by its row and field. */
export async function fieldValue(page: Page, row: string | null, field: string): Promise<string | null> {
  const scope = row === null ? page.locator("main") : page.locator(`[data-row="${row}"]`);
  return await scope.locator(`[data-field="${field}"]`).first().getAttribute("data-value");
}
