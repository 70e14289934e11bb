// The page: which episode, which signal is followed, and everything drawn once per step.
let due = false;

function show() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    refreshNumbers();
    for (const draw of [drawBody, drawScorecard, drawTraces, drawTimeline, tellNow]) draw();
    byId("episode").value = state.episode.episode;
    for (const button of byId("named").children) {
      button.setAttribute("aria-pressed", String(Number(button.value) === state.episode.episode));
    }
  });
}

function chooseEpisode(number) {
  openEpisode(number);
  setPlaying(false);
  go(0);
}

function followSignal(name) {
  state.followed = name;
  show();
  remember();
}

// The address names the moment, so that it can be linked to: #episode=3&step=120&follow=flinch.flinch
// Browsers refuse too many changes of the address, as while a key is held down.
let remembering = 0;
function remember() {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    const told = new URLSearchParams({ episode: state.episode.episode, step: state.t });
    if (state.followed) told.set("follow", state.followed);
    history.replaceState(null, "", `#${told}`);
  }, 300);
}

function recall() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const number = Number(asked.get("episode") ?? Object.values(data.named)[0] ?? NaN);
  openEpisode((data.episodes.find((episode) => episode.episode === number) ?? data.episodes[0]).episode);
  state.followed = names.find((name) => name === asked.get("follow")) ?? null;
  if (["light", "dark"].includes(asked.get("theme"))) setTheme(asked.get("theme"));
  seek(Number(asked.get("step")) || 0);
}

function buildHead() {
  byId("world-name").textContent = data.world;
  for (const [label, text] of Object.entries(data.facts)) {
    byId("facts").append(make("div", {}, make("dt", {}, label), make("dd", {}, text)));
  }
  const several = data.episodes.some((episode) => episode.agent > 0);
  for (const { episode, agent, length, score } of data.episodes) {
    const label = `${episode}${several ? `, agent ${agent}` : ""}: ${length} steps, score ${short(score)}`;
    byId("episode").append(make("option", { value: episode }, label));
  }
  for (const number of new Set(Object.values(data.named))) {
    const { names: told } = data.episodes.find(({ episode }) => episode === number);
    byId("named").append(make("button", { type: "button", value: number }, told.join(", ")));
  }
  byId("episode").addEventListener("change", () => chooseEpisode(Number(byId("episode").value)));
  byId("named").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) chooseEpisode(Number(button.value));
  });
}

buildTheme();
buildHead();
buildBody();
buildScorecard();
buildEveryNumber();
buildTraces();
buildTimeline();
buildPlaying();
window.addEventListener("hashchange", recall);
const resized = new ResizeObserver(show);
for (const element of [document.body, ...document.querySelectorAll("canvas")]) resized.observe(element);
recall();
