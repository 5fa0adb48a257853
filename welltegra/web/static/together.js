// together.js - one stream of events for all tabs of a browser at a project: HTTP/1.1 lets it have six connections
//
// Whoever holds the lock has the stream and passes on what it says; when that tab goes, the next one gets the lock.

const KINDS = ["now", "job", "ranking", "review"];
const AGAIN_MS = 10_000;
// What a page shows that was loaded no longer ago is as new as the stream.
const NEW_MS = 5000;

// Call tell with the kind and the data of what happens, until the page is left: what the server tells, and `line`,
// whether the stream is lost.
export function listen(address, tell) {
  if (!navigator.locks || !window.BroadcastChannel) {
    const again = () => stream(address, tell, () => setTimeout(again, AGAIN_MS));
    again();
    return;
  }
  const name = `events ${address}`;
  const others = new BroadcastChannel(name);
  others.addEventListener("message", ({ data }) => tell(data.kind, data.data));
  const both = (kind, data) => {
    others.postMessage({ kind, data });
    tell(kind, data);
  };
  const lead = () => navigator.locks.request(name, () => new Promise((ended) => stream(address, both, ended)));
  const follow = () =>
    lead()
      .then(() => setTimeout(follow, AGAIN_MS))
      .catch(() => {}); // the page is being left
  follow();
}

function stream(address, tell, ended) {
  const source = new EventSource(address);
  for (const kind of KINDS) source.addEventListener(kind, (event) => tell(kind, JSON.parse(event.data)));
  let lost = performance.now() > NEW_MS;
  source.addEventListener("open", () => {
    tell("line", { lost: false });
    // The server says which ranking is the current one and how far the job is; reviews are to be looked at again.
    if (lost) tell("review", null);
    lost = false;
  });
  source.addEventListener("error", () => {
    lost = true;
    tell("line", { lost: true });
    // Refused: the browser does not try again by itself, and another tab may have more luck.
    if (source.readyState === EventSource.CLOSED) ended();
  });
  window.addEventListener("pagehide", () => source.close());
}
