import { survivesKills } from "./pool-kills.ts";

survivesKills(1);
