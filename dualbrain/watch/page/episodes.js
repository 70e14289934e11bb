// What was recorded, and which step of it is on the page.
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const names = data.signals.map((signal) => signal.name);
const state = { episode: data.episodes[0], t: 0, followed: null, imagined: false };

// The columns of this episode: every number is that of the exported table.
let columns = {};
let pictures = null;

const has = (name) => name in data.table;
const column = (kind, signal) => columns[`${kind}/${signal}`];
const hasForesight = names.some((name) => has(`prediction/${name}`));
// Steps ahead at which something was imagined; none where it was not recorded.
const AHEAD = [1, 5, 15].filter((ahead) => names.some((name) => has(`imagined_${ahead}/${name}`)));

function openEpisode(number) {
  const { start, length } = (state.episode = data.episodes.find((episode) => episode.episode === number));
  columns = Object.fromEntries(Object.entries(data.table).map(([name, all]) => [name, all.slice(start, start + length)]));
  const drawn = byId(`pictures-${number}`);
  pictures = drawn && JSON.parse(drawn.textContent);
}

const isEvent = (truth) => truth !== null && truth !== 0;

// Steps at which a truth is known and not 0: of one signal, or of any.
function eventsOf(signal) {
  const asked = signal ? [signal] : names;
  const steps = new Set();
  for (const name of asked) column("truth", name).forEach((truth, t) => isEvent(truth) && steps.add(t));
  return [...steps].sort((a, b) => a - b);
}

// Least and greatest of columns over all episodes, 0 included, so that bars mean the same on every step.
const ranges = new Map();
function rangeOf(...asked) {
  const key = asked.join();
  if (!ranges.has(key)) {
    let low = 0, high = 0;
    for (const name of asked.filter(has)) {
      for (const value of data.table[name]) {
        if (Number.isFinite(value)) { low = Math.min(low, value); high = Math.max(high, value); }
      }
    }
    ranges.set(key, low === high ? [0, 1] : [low, high]);
  }
  return ranges.get(key);
}

// What a signal can be: as declared, or where that is endless, as it was.
function reachOf({ name, low, high }) {
  const found = low === null || high === null ? rangeOf(`truth/${name}`, `prediction/${name}`, `settled/${name}`) : [];
  return [low ?? found[0], high ?? found[1]];
}
