/**
 * The desks: a column for each stage, a quiet row for each desk; and the dialog that opens and closes them.
 */
import { command } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon, keyed, say } from "./dom.mjs";
import { deskName, language, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Desk} Desk */

/** @type {Desk[]} */
let known = [];
/** Draws the open dialog again. @type {(() => void) | null} */
let redraw = null;

const STAGES = /** @type {const} */ (["registration", "consent", "injection"]);

/** What stands in the narrow column: the number within the stage where the id has one. @param {Desk} d */
const shortName = (d) => (d.id.startsWith(`${d.stage}-`) ? d.id.slice(d.stage.length + 1) : d.id);

/** @param {Desk} d */
function situation(d) {
	if (d.serving) return "serving";
	if (d.called) return "called";
	return d.open ? "free" : "closed";
}

/** Of a party all are there: the first, and how many more. @param {string[]} numbers */
const party = (numbers) => (numbers.length > 1 ? `${numbers[0]} +${numbers.length - 1}` : numbers[0] ?? "");

/** What stands beside the number. @param {Desk} d */
function words(d) {
	if (d.serving && d.called) return t("desks.and_called", { number: party(d.called_all) });
	return d.serving && !d.open ? t("desks.closing") : t(`desks.${situation(d)}`);
}

/** @param {Desk} d */
const devices = (d) => d.devices.map((v) => v.name).join(", ");

/** Who is there: by name once signed on, else the device that stands there. @param {Desk} d */
const staff = (d) => d.staff?.name ?? devices(d);

/** All that the narrow row has no room for. @param {Desk} d */
function details(d) {
	const called = d.called ? `${t("desks.called")} ${d.called_all.join(" ")}` : "";
	const serving = d.serving ? `${t("desks.serving")} ${d.serving_all.join(" ")}` : "";
	return [d.staff?.name, devices(d), serving, called].filter(Boolean).join(" · ");
}

/** @param {Desk} d */
function row(d) {
	return el("tr", { "data-desk": d.id },
		el("th", { scope: "row" }), el("td", { class: "now" }, el("b", { class: "num" }), " ", el("span"), " ", el("small")),
		el("td", { class: "num" }), el("td", { class: "num" }));
}

/**
 * @param {HTMLElement} tr
 * @param {Desk} d
 */
function updateRow(tr, d) {
	const [name, now, done, hour] = /** @type {HTMLElement[]} */ ([...tr.children]);
	if (!name || !now || !done || !hour) return;
	const is = situation(d);
	tr.className = is;
	tr.title = [deskName(d.id), details(d)].filter(Boolean).join(" · ");
	say(name, shortName(d));
	const [who, does, where] = [...now.children];
	if (who && does && where) {
		say(who, party(d.serving ? d.serving_all : d.called_all));
		say(does, words(d));
		say(where, staff(d));
	}
	say(done, d.done);
	if (hour.dataset["shown"] === `${d.per_hour} ${d.fast} ${t("desks.fast")}`) return;
	hour.dataset["shown"] = `${d.per_hour} ${d.fast} ${t("desks.fast")}`;
	fill(hour, d.per_hour, d.fast && el("span", { class: "mark" }, icon("up"), t("desks.fast")));
	hour.classList.toggle("look", d.fast);
}

/** @param {string} stage */
function column(stage) {
	return el("div", { class: "desk-column", "data-stage": stage },
		el("table", {},
			el("caption", {}, t(`stage.${stage}`)),
			el("thead", {}, el("tr", {},
				el("th", { scope: "col" }, t("desks.desk")), el("th", { scope: "col" }, t("desks.now")),
				el("th", { scope: "col" }, t("desks.done")), el("th", { scope: "col" }, t("desks.per_hour")))),
			el("tbody")));
}

/**
 * @param {HTMLElement} parent
 * @param {Desk[]} desks
 */
export function drawDesks(parent, desks) {
	known = desks;
	const stages = STAGES.filter((s) => desks.some((d) => d.stage === s));
	keyed(parent, [...stages], (s) => s, column, (node, stage) => {
		const body = node.querySelector("tbody");
		if (body) keyed(body, desks.filter((d) => d.stage === stage), (d) => d.id, row, updateRow);
	});
	redraw?.();
}

/**
 * @param {HTMLElement} node
 * @param {Desk} d
 */
function updateToggle(node, d) {
	const drawn = `${d.open} ${language()}`;
	if (node.dataset["drawn"] !== drawn) drawToggle(node, d, drawn);
	const more = node.querySelector(".details");
	if (more) say(more, details(d));
}

/**
 * @param {HTMLElement} node
 * @param {Desk} d
 * @param {string} drawn
 */
function drawToggle(node, d, drawn) {
	const focused = node.contains(document.activeElement);
	const act = t(d.open ? "desks.close" : "desks.open");
	node.dataset["drawn"] = drawn;
	node.className = d.open ? "open" : "closed";
	fill(node,
		el("span", {}, el("b", {}, deskName(d.id)), " ",
			el("span", { class: "soft" }, t(d.open ? "desks.is_open" : "desks.is_closed")), el("p", { class: "soft details" })),
		button(act, () => command(`/api/desks/${encodeURIComponent(d.id)}/${d.open ? "close" : "open"}`),
			{ label: `${act}: ${deskName(d.id)}` }));
	if (focused) node.querySelector("button")?.focus();
}

export function openDesks() {
	const list = el("ul", { class: "toggles" });
	dialog(t("desks.change"), el("p", { class: "soft" }, t("desks.change_why")), list).addEventListener("close", () => {
		redraw = null;
	});
	redraw = () => keyed(list, known, (d) => d.id, () => el("li"), updateToggle);
	redraw();
}
