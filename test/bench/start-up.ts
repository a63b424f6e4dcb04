import { Client, credentials } from "@grpc/grpc-js";
import { startProcess } from "../harness/process.ts";

const DEADLINE_MS = 20_000;
const identity = (bytes: Buffer): Buffer => bytes;

/** ms from the start of `node` until the gRPC port answers a health check. */
export async function startUpMs(): Promise<number> {
  const startedAt = performance.now();
  const oap = startProcess();
  try {
    const client = new Client(await oap.line("gRPC listening on "), credentials.createInsecure());
    await new Promise<void>((resolve, reject) => {
      const deadline = Date.now() + DEADLINE_MS;
      client.makeUnaryRequest("/grpc.health.v1.Health/Check", identity, identity, Buffer.alloc(0), { deadline }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    client.close();
    return performance.now() - startedAt;
  } finally {
    await oap.end();
  }
}
