// The scorecard: a row per signal, with its prediction, truth, reward and TD error.
const rows = [];

function buildScorecard() {
  byId("no-assessors").hidden = hasForesight;
  byId("imagined").hidden = AHEAD.length === 0;
  byId("imagined").addEventListener("click", () => showImagined(!state.imagined));
  byId("scorecard").classList.toggle("many", names.length > 6);
  for (const signal of data.signals) byId("signals").append(rowOf(signal));
}

function rowOf(signal) {
  const { name, weight } = signal;
  const [drive, own] = name.split(/\.(.*)/);
  const said = make("span", {}, `.${own}${weight === 1 ? "" : ` \u00d7${weight}`}`);
  const follow = make("button", { type: "button", class: "follow", "data-signal": name, "aria-pressed": "false" }, make("i"), make("b", {}, drive), said);
  const foresight = bar("fill", ...AHEAD.map((ahead) => `imagined_${ahead}`), "mark"), paid = bar("fill", "thought"), dopamine = bar("fill");
  const row = make("tr", { style: `--c: var(--${colourOf(name)})` }, make("th", { scope: "row" }, follow));
  row.append(barCell(foresight, "foresight"));
  for (const kind of ["prediction", "truth", "settled", "worth"]) row.append(numberCell(kind, name));
  row.append(barCell(paid), numberCell("paid_by_truth", name), numberCell("paid_by_thought", name));
  row.append(barCell(dopamine), numberCell("dopamine", name));
  row.addEventListener("click", () => followSignal(state.followed === name ? null : name));
  rows.push(() => {
    const followed = state.followed === name;
    row.classList.toggle("followed", followed);
    follow.setAttribute("aria-pressed", String(followed));
    placeForesight(foresight, signal);
    placePaid(paid, name);
    place(dopamine, "fill", 0, at("dopamine", name), even(rangeOf(`dopamine/${name}`)));
  });
  return row;
}

const at = (kind, name) => column(kind, name)?.[state.t] ?? null;
const even = ([low, high]) => [-Math.max(-low, high), Math.max(-low, high)];

function numberCell(kind, name) {
  return make("td", { class: "number" }, numberOf(`${kind}/${name}`, kind === "truth" ? { missing: "unknown" } : {}));
}

function bar(...parts) {
  const track = make("div", { class: "track", "aria-hidden": "true" });
  for (const part of ["zero", ...parts]) track.append(make("div", { class: classOf(part), "data-part": part }));
  return track;
}

const classOf = (part) => (part === "thought" ? "fill thought" : part.startsWith("imagined") ? `imagined ${part}` : part);
const isPoint = (part) => part === "mark" || part.startsWith("imagined");
const barCell = (track, kind = "") => make("td", { class: `bar ${kind}` }, track);

// Stretch a part of a bar between two values of its range; hide it where there is nothing to show.
function place(track, part, from, to, [low, high]) {
  const element = track.querySelector(`[data-part="${part}"]`);
  const share = (value) => Math.min(1, Math.max(0, (value - low) / (high - low)));
  const zero = track.firstChild;
  zero.style.left = `${100 * share(0)}%`;
  zero.hidden = low >= 0;
  element.hidden = !Number.isFinite(to);
  if (element.hidden) return;
  const [left, right] = [share(from), share(to)].sort((a, b) => a - b);
  element.style.left = `${100 * (isPoint(part) ? share(to) : left)}%`;
  if (!isPoint(part)) element.style.width = `${100 * (right - left)}%`;
}

function placeForesight(track, signal) {
  const reach = reachOf(signal);
  const zero = Math.min(Math.max(0, reach[0]), reach[1]);
  place(track, "fill", zero, at("prediction", signal.name), reach);
  place(track, "mark", zero, at("truth", signal.name), reach);
  for (const ahead of AHEAD) {
    place(track, `imagined_${ahead}`, zero, state.imagined ? at(`imagined_${ahead}`, signal.name) : null, reach);
  }
}

function placePaid(track, name) {
  const reach = even(rangeOf(...names.flatMap((each) => [`paid_by_truth/${each}`, `paid_by_thought/${each}`])));
  const truth = at("paid_by_truth", name), thought = at("paid_by_thought", name);
  const same = Math.sign(truth) === Math.sign(thought);
  place(track, "fill", 0, truth || NaN, reach);
  place(track, "thought", same ? truth : 0, thought ? thought + (same ? truth : 0) : NaN, reach);
}

// What was imagined at this step is shown where it was recorded and is asked for.
function showImagined(shown) {
  state.imagined = shown && AHEAD.length > 0;
  byId("imagined").setAttribute("aria-pressed", String(state.imagined));
  byId("imagined-key").hidden = !state.imagined;
  show();
}

function drawScorecard() {
  byId("scorecard").classList.toggle("following", state.followed !== null);
  for (const draw of rows) draw();
}
