/** The part of an address after the question mark: every value is text, written as it is. Pure. */

/** `?t=30`, empty when there is nothing to write. The router's own way would be `?t=%2230%22`, to tell text from a number. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (value !== undefined) params.set(key, quoted(String(value)));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** Older links, and those of assistants, hold JSON strings where a value reads as JSON. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries([...new URLSearchParams(text)].map(([key, value]) => [key, unquoted(value) ?? value]));
}

/** Text that is a JSON string itself would lose its quotes when read. */
function quoted(value: string): string {
  return unquoted(value) === null ? value : JSON.stringify(value);
}

/** null: not a JSON string. */
function unquoted(value: string): string | null {
  if (!value.startsWith('"')) return null;
  try {
    return JSON.parse(value) as string;
  } catch {
    return null;
  }
}
