import type { NodeReader } from "../../oap/model/ports.ts";

/** A node that has all it needs. */
export const READY_NODE: NodeReader = {
  name: () => "this-node",
  lacks: () => [],
  settings: () => ({ "http.port": 12_800, "storage.password": "******", "accessLog.redact": ["cookie", "token"] }),
};
