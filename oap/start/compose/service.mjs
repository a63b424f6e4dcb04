// A small HTTP service: answers after a while, and one request in FAILS_ONE_IN with 503.
import { createServer } from "node:http";

const { PORT = "8080", NAME = "service", DELAY_MS = "5", FAILS_ONE_IN = "50" } = process.env;
let asked = 0;

createServer((request, response) => {
  const fails = ++asked % Number(FAILS_ONE_IN) === 0;
  const delayMs = Number(DELAY_MS) * (0.5 + Math.random());
  setTimeout(() => {
    response.writeHead(fails ? 503 : 200, { "Content-Type": "text/plain" });
    response.end(`${NAME} ${request.url}\n`);
  }, delayMs);
}).listen(Number(PORT), "0.0.0.0");

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
