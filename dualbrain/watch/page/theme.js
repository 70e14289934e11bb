// Light and dark: as the system has it, until it is switched here.
const night = window.matchMedia("(prefers-color-scheme: dark)");
let resolved = new Map();

const isDark = () => (document.documentElement.dataset.theme ?? (night.matches ? "dark" : "light")) === "dark";

// A colour of the style sheet, as a canvas takes it.
function colour(name) {
  if (!resolved.has(name)) {
    const probe = make("i", { style: `color: var(--${name})`, hidden: "" });
    document.body.append(probe);
    resolved.set(name, getComputedStyle(probe).color);
    probe.remove();
  }
  return resolved.get(name);
}

const COLOURS = 8;
const colourOf = (signal) => `signal-${names.indexOf(signal) % COLOURS}`;

function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  resolved = new Map();
  byId("theme").textContent = isDark() ? "\u25d0 light" : "\u25d1 dark";
  byId("theme").setAttribute("aria-label", isDark() ? "Switch to light" : "Switch to dark");
}

function switchTheme() {
  setTheme(isDark() ? "light" : "dark");
  show();
}

function buildTheme() {
  byId("theme").addEventListener("click", switchTheme);
  night.addEventListener("change", () => { setTheme(); show(); });
  setTheme();
}
