// @ts-check
/** What every page may use. Each element wraps HTML that works without it. */
import "./theme-switch.js";
import "./pop-menu.js";
import "./flash-message.js";
import "./notice-bell.js";
import "./confirm-submit.js";
import "./row-select.js";
import "./auto-submit.js";
import "./search-box.js";
