/** Starts a page that is only read: the home page, the error page. */

import { followSystem } from "./core/theme.js";
import "./views/theme-menu.js";

followSystem();
