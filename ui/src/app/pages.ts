/** The pages that can be gone to from everywhere. */
export const PAGES = [
  ["/", "Services"],
  ["/map", "Map"],
  ["/failures", "Failures"],
  ["/logs", "Logs"],
  ["/storage", "Storage"],
  ["/setup", "Setup"],
] as const;
