/** Text after the last dot of a service's name: its namespace under the default naming rule; null where there is no dot. */
export function namespaceOf(service: string): string | null {
  const dot = service.lastIndexOf(".");
  return dot > 0 ? service.slice(dot + 1) : null;
}
