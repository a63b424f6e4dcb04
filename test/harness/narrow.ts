/** What a reader of a narrow screen would miss. */
import type { Locator, Page } from "playwright-core";

/** Names what is wider than the place it is shown in: the page, a table, or one of `wanted`. Empty when all can be read without
 *  scrolling sideways. */
export async function cutOff(page: Page, wanted: readonly Locator[]): Promise<string[]> {
  for (const one of wanted) await one.waitFor();
  await page.evaluate(nextFrame); // charts take on a new width a frame after the page
  const cells = await Promise.all(wanted.map((one) => one.evaluate(cutText)));
  return [...(await page.evaluate(wideParts)), ...cells.filter((text) => text !== null)];
}

/** In the page. */
function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}

/** In the page. A table is as wide as the card it scrolls in, or wider. */
function wideParts(): string[] {
  const root = document.documentElement;
  const main = document.querySelector("main");
  const tables = [...document.querySelectorAll("table")].filter(
    ({ parentElement }) => parentElement !== null && parentElement.scrollWidth > parentElement.clientWidth,
  );
  return [
    ...(root.scrollWidth > innerWidth ? [`the page: ${root.scrollWidth} px`] : []),
    ...(main !== null && main.scrollWidth > main.clientWidth ? [`main: ${main.scrollWidth} px`] : []),
    ...tables.map((table) => `the table ${table.getAttribute("aria-label")}`),
  ];
}

/** In the page. The element's text where it is hidden, beside the screen, or cut by itself or what it stands in. */
function cutText(element: Element): string | null {
  const { left, right, width } = element.getBoundingClientRect();
  let isCut = width === 0 || left < 0 || right > innerWidth;
  for (let at: Element | null = element; at !== null && at.tagName !== "TR" && at.tagName !== "LI"; at = at.parentElement) {
    isCut ||= getComputedStyle(at).overflowX === "hidden" && at.scrollWidth > at.clientWidth;
  }
  return isCut ? (element.getAttribute("aria-label") ?? element.textContent) : null;
}
