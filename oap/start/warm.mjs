// Compiles the product's own code into NODE_COMPILE_CACHE, so that the first start finds it there: a process that strips no types takes 20 MB
// less, and is there in half the time. Nothing is started.
import { flushCompileCache } from "node:module";

for (const process of ["supervisor", "main", "ingest"]) await import(`../${process}.ts`);
flushCompileCache();
