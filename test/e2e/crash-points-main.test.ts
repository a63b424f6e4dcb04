import { expect, test } from "vitest";
import { crashPoints } from "../harness/crash-points.ts";

test("main killed before and after each thing it does: nothing is lost or doubled", async () => {
  const { sent, stored } = await crashPoints("main", ["datasync", "insert", "rm"]);
  expect(stored).toBe(sent);
}, 120_000);
