/** All parts of the bench, in the order of their running and of results.md. */
import { FOOTPRINT_PARTS } from "./footprint-parts.ts";
import { GROWTH_PART } from "./growth-part.ts";
import { INGEST_PARTS } from "./ingest-parts.ts";
import type { Part } from "./part.ts";
import { READERS_PARTS } from "./readers-part.ts";
import { USERS_PART } from "./users-part.ts";

export const PARTS: readonly Part[] = [...INGEST_PARTS, GROWTH_PART, ...FOOTPRINT_PARTS, ...READERS_PARTS, USERS_PART];
