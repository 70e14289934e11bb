// Numbers on the page: each element knows its column, shows it shortly, and holds it exactly.
const shown = [];

function short(value) {
  if (Array.isArray(value)) return value.map(short).join(", ");
  if (typeof value !== "number") return String(value);
  const text = Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 100 ? 3 : 1);
  return text.replace("-", "\u2212");
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// An element that shows a column at this step; what is not known is said so.
function numberOf(name, { missing = "\u2013", write = short, list = shown } = {}) {
  const element = make("data", { "data-column": name });
  const told = data.columns[name];
  list.push(() => {
    const value = name in columns ? columns[name][state.t] : undefined;
    const known = value !== null && value !== undefined;
    element.textContent = known ? write(value) : missing;
    element.value = known ? String(value) : "";
    element.classList.toggle("unknown", !known);
    element.title = told ? `${name}: ${known ? value : "not known"} (${told.unit}: ${told.meaning})` : `${name} is not recorded`;
  });
  return element;
}

const everyNumber = [];
function buildEveryNumber() {
  for (const [name, { unit, meaning }] of Object.entries(data.columns)) {
    const value = numberOf(name, { missing: "unknown", write: String, list: everyNumber });
    const texts = [unit, meaning].map((text) => make("td", {}, text));
    byId("every-number").append(make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value), ...texts));
  }
  byId("numbers").addEventListener("toggle", refreshNumbers);
}

function refreshNumbers() {
  for (const refresh of shown) refresh();
  if (byId("numbers").open) for (const refresh of everyNumber) refresh();
}
