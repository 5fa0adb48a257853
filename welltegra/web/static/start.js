// start.js - what every page has; each behaviour is a module of its own, and none is needed to read or to review
import "./drawer.js";
import "./filters.js";
import "./keyboard.js";
import "./selection.js";
import "./copy.js";
import "./menus.js";
import "./production.js";
import "./stated.js";
import "./trouble.js";
import "./live.js";

document.documentElement.classList.add("js");
