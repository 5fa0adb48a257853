"""The worklist at 50,000 targets: answers at the server and in a browser, exports, many readers, beside SQL alone."""
