/** Name and role of an account, from the arguments of a command. */

/** @throws Error with how the command is used */
export function accountOf(args: readonly string[], command: string): { readonly name: string; readonly role: string } {
  const [name = "", role = "read"] = args;
  if (!/^[^\s:,]{1,64}$/.test(name) || !/^(read|admin)$/.test(role) || args.length > 2) {
    throw new Error(`usage: npm run -s ${command} -- NAME [read|admin]; a name has no space, colon or comma`);
  }
  return { name, role };
}
