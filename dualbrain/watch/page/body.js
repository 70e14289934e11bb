// The world and the body in it: the picture, what is done, levels and other senses.
const bodyParts = [];

function buildBody() {
  buildDeeds();
  const levels = data.senses.filter((sense) => sense.kind === "level");
  const others = data.senses.filter((sense) => sense.kind !== "level");
  byId("body-levels").hidden = !levels.length;
  byId("body-senses").hidden = !others.length;
  for (const level of levels) byId("levels").append(levelOf(level));
  for (const sense of others) byId("senses").append(senseOf(sense));
}

function buildDeeds() {
  const named = (action) => data.actions[action] ?? short(action);
  byId("action").append(numberOf("executed", { write: named }));
  byId("reflex").append(numberOf("reflex", { write: (flag) => (flag ? "acts" : "none") }));
  byId("score").append(numberOf("score"));
  byId("reward").append(numberOf("reward"));
}

function levelOf({ name, low, high }) {
  const track = bar("fill");
  bodyParts.push(() => place(track, "fill", low ?? 0, columns[`sense/${name}`][state.t], [low ?? 0, high ?? 1]));
  return make("li", {}, make("span", {}, name), track, numberOf(`sense/${name}`));
}

function senseOf({ name }) {
  const item = make("li", {}, make("span", {}, name.replaceAll("_", " ")), numberOf(`sense/${name}`));
  bodyParts.push(() => item.classList.toggle("felt", isEvent(columns[`sense/${name}`][state.t])));
  return item;
}

function drawBody() {
  const drawing = pictures?.[state.t];
  byId("picture").hidden = !drawing;
  byId("picture").parentElement.classList.toggle("drawn", Boolean(drawing));
  byId("no-picture").hidden = Boolean(drawing);
  if (drawing) {
    byId("picture").src = `data:image/webp;base64,${drawing}`;
    byId("picture").alt = `The world before step ${state.t}`;
  }
  byId("no-picture").textContent = data.episodes.some((episode) => episode.drawn)
    ? "No pictures of this episode: the named ones have pictures."
    : "This world has no pictures: the scorecard alone is shown.";
  byId("reflex").classList.toggle("acts", Boolean(columns.reflex[state.t]));
  for (const draw of bodyParts) draw();
}
