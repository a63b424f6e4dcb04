/** A service's name: its own part, then its namespace, quieter. */
export function ServiceName({ name }: { readonly name: string }) {
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return <span className="font-medium">{name}</span>;
  return (
    <span>
      <span className="font-medium">{name.slice(0, dot)}</span>
      <span className="text-text-3">{name.slice(dot)}</span>
    </span>
  );
}
