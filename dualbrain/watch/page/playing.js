// Time: playing, stepping, jumping to events, by button and by key.
let playingSince = null;

function seek(t) {
  state.t = Math.min(Math.max(0, t), state.episode.length - 1);
  show();
}

function setPlaying(playing) {
  if (playing && state.t === state.episode.length - 1) state.t = 0;
  playingSince = playing ? { time: performance.now(), t: state.t } : null;
  byId("play").textContent = playing ? "\u23f8" : "\u25b6";
  byId("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  if (playing) requestAnimationFrame(tick);
  else remember();
}

function tick(time) {
  if (!playingSince) return;
  const t = playingSince.t + Math.floor(((time - playingSince.time) / 1000) * Number(byId("speed").value));
  if (t > state.t) { state.t = Math.min(t, state.episode.length - 1); show(); }
  if (state.t === state.episode.length - 1) setPlaying(false);
  else requestAnimationFrame(tick);
}

// Go somewhere by hand: what plays goes on from there.
function go(t) {
  seek(t);
  if (playingSince) playingSince = { time: performance.now(), t: state.t };
  else remember();
}

function goToEvent(direction) {
  const events = eventsOf(state.followed);
  const found = direction > 0 ? events.find((t) => t > state.t) : events.findLast((t) => t < state.t);
  if (found !== undefined) go(found);
}

const KEYS = {
  " ": () => setPlaying(!playingSince),
  ArrowRight: (event) => go(state.t + (event.shiftKey ? 10 : 1)),
  ArrowLeft: (event) => go(state.t - (event.shiftKey ? 10 : 1)),
  Home: () => go(0),
  End: () => go(state.episode.length - 1),
  n: () => goToEvent(1),
  p: () => goToEvent(-1),
  t: () => switchTheme(),
  i: () => showImagined(!state.imagined),
  Escape: () => followSignal(null),
};

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("select")) return;
  if (event.key === " " && event.target.closest("button, summary")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act(event);
}

function buildPlaying() {
  const buttons = {
    play: () => setPlaying(!playingSince),
    back: () => go(state.t - 1),
    forward: () => go(state.t + 1),
    "next-event": () => goToEvent(1),
    "previous-event": () => goToEvent(-1),
  };
  for (const [id, act] of Object.entries(buttons)) byId(id).addEventListener("click", act);
  byId("speed").addEventListener("change", () => { if (playingSince) playingSince = { time: performance.now(), t: state.t }; });
  document.addEventListener("keydown", onKey);
  // After a click the keys belong to the page again, so that space plays instead of pressing the same button once more.
  document.addEventListener("click", (event) => event.detail > 0 && event.target.closest("button")?.blur());
  document.addEventListener("change", (event) => event.target.closest("select")?.blur());
}
