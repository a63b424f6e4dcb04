/** Each hostile text by itself. */
import { takesAsTexts } from "./injection-suite.ts";

takesAsTexts([
  "' OR 1=1 --",
  "'; DROP TABLE traffic_minute; --",
  "x') OR ('1'='1",
  '" OR ""="',
  "`service`",
  "\\",
  "\\'",
  "\\N",
  "{service:String}",
  "{{log-filter}} ${service} %s %27",
  "/* */ -- # x",
  "a\u0000b",
  "a\tb\nc\rd",
  "%",
  "_*?[a-z]",
  "') UNION ALL SELECT name, 1 FROM system.tables FORMAT JSON",
  "\u202eйö€𝒳\u2028\ufffd",
  "\ud800",
  "'".repeat(5_000),
]);
