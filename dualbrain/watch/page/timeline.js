// The whole episode on a line: events in a lane per signal, the scrubber below.
const THUMB = 8;

function drawTimeline() {
  const lane = Math.max(2, Math.min(9, Math.floor(60 / names.length)));
  byId("lanes").style.height = `${lane * names.length + 6}px`;
  const { pen, width, height } = sheet("lanes"), { length } = state.episode;
  const x = (t) => THUMB + (t / Math.max(1, length - 1)) * (width - 2 * THUMB);
  const wide = Math.min(2 * THUMB, Math.max(2, (width - 2 * THUMB) / length));
  names.forEach((name, k) => {
    pen.globalAlpha = state.followed && state.followed !== name ? 0.28 : 1;
    pen.fillStyle = colour("track");
    pen.fillRect(THUMB, k * lane + 3, width - 2 * THUMB, lane - 1);
    pen.fillStyle = colour(colourOf(name));
    for (const t of eventsOf(name)) pen.fillRect(x(t) - wide / 2, k * lane + 3, wide, lane - 1);
  });
  pen.globalAlpha = 1;
  pen.fillStyle = colour("ink");
  pen.fillRect(x(state.t) - 0.75, 0, 1.5, height);
  byId("scrubber").max = length - 1;
  byId("scrubber").value = state.t;
  byId("scrubber").setAttribute("aria-valuetext", `step ${state.t} of ${length}`);
}

function tellNow() {
  const { length, terminated } = state.episode, last = state.t === length - 1;
  byId("now").textContent = `step ${state.t} of ${length}${last ? (terminated ? ", the end" : ", time is up") : ""}`;
  const events = eventsOf(state.followed), of = state.followed ? ` of ${state.followed}` : "";
  const here = names.filter((name) => (!state.followed || name === state.followed) && isEvent(column("truth", name)[state.t]));
  const count = `${events.length || "no"} ${events.length === 1 ? "event" : "events"}${of}`;
  byId("events").textContent = here.length ? `now ${here.join(", ")} (${count})` : events.length ? count : `no event${of} in this episode`;
  byId("next-event").disabled = !events.some((t) => t > state.t);
  byId("previous-event").disabled = !events.some((t) => t < state.t);
}

// Let a canvas be dragged over: `stepAt(x, width)` says which step lies there.
function onDrag(canvas, stepAt) {
  const go = (event) => seek(stepAt(event.offsetX, canvas.clientWidth));
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); go(event); });
  canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && go(event));
}

function buildTimeline() {
  byId("scrubber").addEventListener("input", () => seek(Number(byId("scrubber").value)));
  onDrag(byId("lanes"), (x, width) => Math.round(((x - THUMB) / (width - 2 * THUMB)) * (state.episode.length - 1)));
}
