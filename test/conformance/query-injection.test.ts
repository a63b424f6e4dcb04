/** One text with all in it that means something to a statement; query-injection.long.test.ts has them one by one. */
import { takesAsTexts } from "./injection-suite.ts";

const ALL = "x') OR 1=1 --\\' \\ ` \" ; /* {service:String} {{log-filter}} %_* \u0000\t\n \u202e𝒳\ud800 */ UNION ALL SELECT 1 #";

takesAsTexts([ALL], true);
