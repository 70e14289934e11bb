// Traces around this step: predictions and truths, reward, and TD errors.
const LEFT = 48, RIGHT = 10, PAST = 0.6;
const CRITIC = "valence";

function sheet(id) {
  const canvas = byId(id), scale = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  return { canvas, pen, width, height };
}

// The steps that are shown, this one a little right of the middle; the ends of the episode stay where they are.
function shownSteps() {
  const { length } = state.episode, asked = Number(byId("span").value) || length;
  const count = Math.min(asked, length);
  const first = Math.min(Math.max(0, state.t - Math.floor(PAST * count)), length - count);
  return { first, count };
}

function axes(id, [low, high]) {
  const paper = sheet(id), { first, count } = shownSteps(), { width, height } = paper;
  const top = 8, floor = height - 8, reach = high - low || 1;
  const x = (t) => LEFT + ((t - first + 0.5) / count) * (width - LEFT - RIGHT);
  const y = (value) => floor - ((value - low) / reach) * (floor - top);
  return { ...paper, first, count, top, floor, low, high, x, y, step: (width - LEFT - RIGHT) / count };
}

function frame(area, labelled) {
  const { pen, width, x, y, top, floor, low, high } = area;
  pen.strokeStyle = colour("line");
  pen.lineWidth = 1;
  for (const value of new Set([low, high, Math.min(Math.max(0, low), high)])) {
    pen.beginPath();
    pen.moveTo(LEFT, Math.round(y(value)) + 0.5);
    pen.lineTo(width - RIGHT, Math.round(y(value)) + 0.5);
    pen.stroke();
  }
  pen.fillStyle = colour("pale");
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  if (labelled) for (const value of [0, high, low].filter((v) => v >= low && v <= high)) label(area, value);
  pen.fillStyle = colour("accent");
  pen.globalAlpha = 0.12;
  pen.fillRect(x(state.t) - Math.max(area.step, 2) / 2, top - 4, Math.max(area.step, 2), floor - top + 8);
  pen.globalAlpha = 1;
}

// Name a height of the axis, unless it lies too close to 0, which is named as well.
function label({ pen, y, low, high }, value) {
  const crowded = value !== 0 && low <= 0 && high >= 0 && Math.abs(y(value) - y(0)) < 13;
  if (!crowded) pen.fillText(String(Number(value.toPrecision(2))).replace("-", "\u2212"), LEFT - 8, y(value));
}

// What is still to come is paler; the present has a line.
function present(area) {
  const { pen, width, height, x, top, floor } = area;
  pen.fillStyle = colour("paper");
  pen.globalAlpha = 0.45;
  pen.fillRect(x(state.t) + area.step / 2, 0, width, height);
  pen.globalAlpha = 1;
  pen.fillStyle = colour("accent");
  pen.fillRect(x(state.t) - 0.75, top - 4, 1.5, floor - top + 8);
}

function line(area, values, { stroke, width = 1.5, alpha = 1, dash = [], scale = (value) => value, steps = false }) {
  if (!values) return;
  const { pen, first, count, x, y } = area;
  pen.save();
  Object.assign(pen, { strokeStyle: stroke, lineWidth: width, globalAlpha: alpha, lineJoin: "round" });
  pen.setLineDash(dash);
  pen.beginPath();
  let down = false;
  for (let t = first; t < first + count; t++) {
    const value = values[t];
    if (!Number.isFinite(value)) { down = false; continue; }
    const height = y(scale(value));
    if (steps && down) pen.lineTo(x(t) - area.step / 2, height);
    pen[down ? "lineTo" : "moveTo"](x(t) - (steps ? area.step / 2 : 0), height);
    if (steps) pen.lineTo(x(t) + area.step / 2, height);
    down = true;
  }
  pen.stroke();
  if (count === 1 && Number.isFinite(values[first])) diamond(area, first, scale(values[first]), stroke);
  pen.restore();
}

function diamond({ pen, x, y }, t, value, fill) {
  const size = 5.5;
  pen.beginPath();
  pen.moveTo(x(t), y(value) - size);
  pen.lineTo(x(t) + size, y(value));
  pen.lineTo(x(t), y(value) + size);
  pen.lineTo(x(t) - size, y(value));
  pen.closePath();
  pen.fillStyle = fill;
  pen.strokeStyle = colour("paper");
  pen.lineWidth = 1.5;
  pen.fill();
  pen.stroke();
}

function hatched(pen, tone) {
  const tile = make("canvas", { width: 6, height: 6 }), brush = tile.getContext("2d");
  brush.strokeStyle = tone;
  brush.lineWidth = 1.6;
  for (const shift of [-6, 0, 6]) { brush.moveTo(shift, 6); brush.lineTo(shift + 6, 0); }
  brush.stroke();
  return pen.createPattern(tile, "repeat");
}

function eachStep({ first, count }, told) {
  for (let t = first; t < first + count; t++) told(t);
}

// Where the truth is not known, the floor is hatched.
function unknown(area, truth) {
  area.pen.fillStyle = hatched(area.pen, colour("pale"));
  eachStep(area, (t) => truth[t] === null && area.pen.fillRect(area.x(t) - area.step / 2, area.floor + 1, area.step + 0.5, 6));
}

function drawForesight() {
  const followed = data.signals.find((signal) => signal.name === state.followed);
  const area = axes("foresight", followed ? reachOf(followed) : [0, 1]);
  frame(area, Boolean(followed));
  for (const signal of data.signals) if (signal !== followed) drawAmongOthers(area, signal, followed);
  if (followed) drawFollowed(area, followed);
  present(area);
  tell("foresight", followed ? followedWords(followed) : `${hasForesight ? "Prediction (line) and truth" : "Truth"} (\u25c6), each signal in its own range`);
}

function followedWords({ name }) {
  const truth = column("truth", name);
  const said = truth.every((value) => value === null) ? "; its truth is never known in this episode"
    : truth.some(isEvent) ? "" : "; no event in this episode";
  return `${name}: ${hasForesight ? "prediction (line), " : ""}truth (\u25c6), settled (dashes)${state.imagined ? ", imagined at this step (rings)" : ""}; hatched where the truth is unknown${said}`;
}

function drawAmongOthers(area, signal, followed) {
  const [low, high] = reachOf(signal), stroke = colour(colourOf(signal.name));
  const scale = (value) => area.low + ((value - low) / (high - low)) * (area.high - area.low);
  line(area, column("prediction", signal.name), { stroke, scale, alpha: followed ? 0.22 : 1 });
  const truth = column("truth", signal.name);
  if (!followed) eachStep(area, (t) => isEvent(truth[t]) && diamond(area, t, scale(truth[t]), stroke));
}

function drawFollowed(area, { name }) {
  const stroke = colour(colourOf(name)), truth = column("truth", name);
  unknown(area, truth);
  line(area, column("settled", name), { stroke: colour("pale"), dash: [4, 3], width: 1.25, steps: true });
  line(area, column("prediction", name), { stroke, width: 2.5 });
  eachStep(area, (t) => isEvent(truth[t]) && diamond(area, t, truth[t], colour("ink")));
  if (state.imagined) for (const ahead of AHEAD) ring(area, state.t + ahead, column(`imagined_${ahead}`, name)[state.t], stroke);
}

// What was imagined at this step, at the step that it was imagined of.
function ring({ pen, first, count, x, y }, t, value, stroke) {
  if (t >= first + count) return;
  pen.beginPath();
  pen.arc(x(t), y(value), 4.5, 0, 2 * Math.PI);
  pen.strokeStyle = stroke;
  pen.lineWidth = 2;
  pen.stroke();
}

function drawPay() {
  const parts = names.flatMap((name) => [[name, "paid_by_truth"], [name, "paid_by_thought"]]);
  const { first, count } = shownSteps();
  let low = 0, high = 0;
  for (let t = first; t < first + count; t++) {
    const values = parts.map(([name, kind]) => column(kind, name)[t]).filter(Number.isFinite);
    low = Math.min(low, values.filter((value) => value < 0).reduce((sum, value) => sum + value, 0));
    high = Math.max(high, values.filter((value) => value > 0).reduce((sum, value) => sum + value, 0));
  }
  const area = axes("pay", low === high ? [-1, 1] : [low, high]), { pen } = area;
  frame(area, low !== high);
  const sums = new Map();
  for (const [name, kind] of parts) {
    const tone = colour(colourOf(name));
    pen.fillStyle = kind === "paid_by_thought" ? hatched(pen, tone) : tone;
    pen.globalAlpha = state.followed && state.followed !== name ? 0.25 : 1;
    eachStep(area, (t) => stack(area, sums, t, column(kind, name)[t]));
  }
  pen.globalAlpha = 1;
  present(area);
  tell("pay", `Reward of each step, by signal: paid by truth (solid), by thought (hatched)${low === high ? "; nothing was paid here" : ""}`);
}

function stack({ pen, x, y, step }, sums, t, value) {
  if (!value) return;
  const key = value > 0 ? t : -1 - t, from = sums.get(key) ?? 0;
  sums.set(key, from + value);
  const [top, bottom] = [y(from), y(from + value)].sort((a, b) => a - b);
  const width = Math.min(40, Math.max(1.5, step * 0.8));
  pen.fillRect(x(t) - width / 2, top, width, Math.max(1, bottom - top));
}

function drawDopamine() {
  const followed = state.followed, own = followed && column("dopamine", followed);
  const reach = even(rangeOf(`dopamine/${own ? followed : CRITIC}`));
  const area = axes("dopamine", reach);
  frame(area, true);
  const scaled = (key) => (value) => (value / even(rangeOf(key))[1]) * reach[1];
  for (const name of names) {
    if (name === followed) continue;
    line(area, column("dopamine", name), { stroke: colour(colourOf(name)), scale: scaled(`dopamine/${name}`), alpha: followed ? 0.18 : 0.8, width: 1.25 });
  }
  line(area, column("dopamine", CRITIC), { stroke: colour("ink"), width: own ? 1 : 2.25, alpha: own ? 0.45 : 1, scale: scaled(`dopamine/${CRITIC}`) });
  if (own) line(area, own, { stroke: colour(colourOf(followed)), width: 2.5 });
  present(area);
  tell("dopamine", dopamineWords(own ? followed : null));
}

function dopamineWords(followed) {
  if (!hasForesight) return "TD errors of the critic, on all reward";
  if (!followed) return "TD errors: of the critic on all reward (bold), of the signals, each in its own range";
  return `TD errors: of ${followed} (bold), of the critic on all reward (thin), of other signals, each in its own range`;
}

function tell(id, words) {
  byId(`${id}-title`).textContent = words;
  byId(id).setAttribute("aria-label", words);
}

function tellFollowed() {
  const element = byId("following");
  if (state.followed) element.replaceChildren("following ", make("strong", { style: `color: var(--${colourOf(state.followed)})` }, state.followed));
  else element.replaceChildren(make("span", { class: "aside" }, "click on a signal to follow it"));
}

function drawTraces() {
  tellFollowed();
  drawForesight();
  drawPay();
  drawDopamine();
}

function buildTraces() {
  byId("span").addEventListener("change", show);
  for (const id of ["foresight", "pay", "dopamine"]) {
    onDrag(byId(id), (x, width) => {
      const { first, count } = shownSteps();
      return first + Math.floor(((x - LEFT) / (width - LEFT - RIGHT)) * count);
    });
  }
}
