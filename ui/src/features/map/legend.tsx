export function Legend() {
  return (
    <ul className="ml-auto hidden items-center gap-4 text-xs text-text-3 lg:flex" aria-label="Legend">
      <li className="flex items-center gap-1.5">
        <span className="h-0.5 w-6 bg-text-3" /> calls, wider is more
      </li>
      <li className="flex items-center gap-1.5">
        <span className="w-6 border-t-2 border-dashed border-text-3" /> TCP
      </li>
      <li className="flex items-center gap-1.5 text-bad">
        <span aria-hidden>▲</span> 1 % or more fail
      </li>
      <li className="flex items-center gap-1.5">
        <span className="h-3 w-5 rounded border border-dashed border-line-strong" /> told of by others only
      </li>
    </ul>
  );
}
