/**
 * The devices of the site: who they are, when they were last heard, and a new one. A link and its code are for one use and
 * are shown until the dialog closes.
 */
import { insist, Problem, request } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon, keyed, say } from "./dom.mjs";
import { deskName, hour, language, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Device} Device */
/** @typedef {import("./types.mjs").DeviceKind} DeviceKind */
/** @typedef {import("./types.mjs").Invitation} Invitation */
/** @typedef {import("./types.mjs").Board} Board */

/** When they were last heard is asked for again this often, while the list is open. */
const LIST_MS = 5000;
/** @type {DeviceKind[]} */
const KINDS = ["handheld", "kiosk", "exit", "observation", "display", "board", "agent", "program"];
/** Where a kind may stand besides the site's desks. @type {Record<string, string[]>} */
const PLACES = { handheld: ["observation", "treatment"], kiosk: ["observation"] };

/** Ids of those with an open alarm for their silence. */
let silent = new Set();
/** Names of those signed on, by device. @type {Map<string, string>} */
let people = new Map();
/** Draws the open list again. @type {(() => void) | null} */
let redraw = null;

/** @param {Device} d */
const row = (d) => el("tr", { "data-device": d.id },
	el("th", { scope: "row" }, d.name, " ", el("span", { class: "soft" })), el("td", {}, t(`kind.${d.kind}`)), el("td"), el("td"), el("td"));

/**
 * @param {HTMLElement} tr
 * @param {Device} d
 * @param {string | undefined} zone
 * @param {() => void} changed
 */
function updateRow(tr, d, zone, changed) {
	const [name, , place, last, acts] = /** @type {HTMLElement[]} */ ([...tr.children]);
	if (!name || !place || !last || !acts) return;
	const contact = d.last_contact ? hour(d.last_contact, zone, true) : t("devices.never");
	const mute = silent.has(d.id) && d.state === "enrolled";
	const drawn = `${d.state} ${contact} ${mute} ${language()}`;
	if (name.lastElementChild) say(name.lastElementChild, people.get(d.id) ?? "");
	say(place, d.desk ? deskName(d.desk) : "–");
	if (last.dataset["drawn"] !== drawn) {
		last.dataset["drawn"] = drawn;
		fill(last, d.state === "enrolled" ? contact : t(`devices.${d.state}`),
			mute && el("span", { class: "mark" }, icon("device_silent"), t("devices.silent")));
	}
	if (acts.dataset["drawn"] === d.state) return;
	acts.dataset["drawn"] = d.state;
	tr.className = d.state === "revoked" ? "soft" : "";
	fill(acts, d.state !== "revoked" && revoke(d, changed));
}

/**
 * Asked twice, because a device cut off by mistake must be enrolled anew.
 * @param {Device} d
 * @param {() => void} changed
 */
function revoke(d, changed) {
	const place = el("span");
	const label = (/** @type {string} */ word) => ({ label: `${word}: ${d.name}` });
	const ask = el("button", {
		type: "button", "aria-label": `${t("devices.revoke")}: ${d.name}`,
		onclick: () => {
			const sure = button(t("devices.revoke_sure"), () => insist("DELETE", `/api/devices/${encodeURIComponent(d.id)}`),
				{ class: "danger", done: changed, ...label(t("devices.revoke_sure")) });
			fill(place, sure);
			sure.querySelector("button")?.focus();
		},
	}, t("devices.revoke"));
	fill(place, ask);
	return place;
}

/** The silent ones first, the revoked ones last. @param {Device} d */
const rank = (d) => (d.state === "revoked" ? 2 : silent.has(d.id) ? 0 : 1);

const listFrame = () => el("table", { class: "list devices" },
	el("thead", {}, el("tr", {}, ...["device.name", "device.kind", "device.desk", "devices.last"].map((k) =>
		el("th", { scope: "col" }, t(k))), el("td"))),
	el("tbody"));

/**
 * @param {HTMLElement} place
 * @param {string | undefined} zone
 */
async function drawList(place, zone) {
	const changed = () => void drawList(place, zone);
	try {
		const { devices } = /** @type {{devices: Device[]}} */ (await request("GET", "/api/devices"));
		const shown = [...devices].sort((a, b) => rank(a) - rank(b));
		if (!place.querySelector("tbody")) fill(place, listFrame());
		const body = place.querySelector("tbody");
		if (body) keyed(body, shown, (d) => d.id, row, (tr, d) => updateRow(tr, d, zone, changed));
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		fill(place, el("p", { class: "error", role: "alert" }, icon("lost"), problem.text()));
	}
}

/**
 * @param {Invitation} made
 * @param {string | undefined} zone
 */
function shown(made, zone) {
	const qr = el("img", { class: "qr", src: made.qr_svg, alt: t("devices.qr"), width: 180, height: 180 });
	return el("div", { class: "notice go", role: "status" }, icon("link"), qr, el("div", {},
		el("p", {}, t("devices.open_link")),
		el("p", { class: "link" }, made.url),
		el("p", {}, t("devices.or_code"), " ", el("b", { class: "num code" }, made.code)),
		el("p", { class: "soft" }, t("devices.expires", { time: hour(made.expires_at, zone) }))));
}

/**
 * @param {Board} board
 * @param {() => void} changed
 */
function form(board, changed) {
	const kind = el("select", { id: "device-kind" }, ...KINDS.map((k) => el("option", { value: k }, t(`kind.${k}`))));
	const desk = el("select", { id: "device-desk" });
	const name = el("input", { id: "device-name", autocomplete: "off", maxlength: 60 });
	const wrong = el("p", { class: "error", role: "alert" });
	const result = el("div");
	const offer = () => {
		const places = [...(PLACES[kind.value] ?? []), ...(PLACES[kind.value] ? board.desks.map((d) => d.id) : [])];
		fill(desk, el("option", { value: "" }, t("enrol.no_desk")), ...places.map((p) => el("option", { value: p }, deskName(p))));
		desk.disabled = places.length === 0;
	};
	const invite = async () => {
		fill(wrong);
		if (!name.value.trim()) {
			fill(wrong, icon("lost"), t("enrol.name_missing"));
			name.focus();
			return;
		}
		const made = await request("POST", "/api/devices",
			{ kind: kind.value, name: name.value.trim(), ...(desk.value ? { desk: desk.value } : {}) });
		fill(result, shown(made, board.site?.time_zone));
		name.value = "";
		changed();
	};
	kind.addEventListener("change", offer);
	offer();
	const labelled = (/** @type {HTMLElement} */ input, /** @type {string} */ word) =>
		el("div", { class: "field" }, el("label", { for: input.id }, word), input);
	return el("section", { class: "invite" },
		el("h3", {}, t("devices.new")),
		el("div", { class: "fields" }, labelled(kind, t("device.kind")), labelled(name, t("device.name")), labelled(desk, t("device.desk"))),
		wrong, button(t("devices.invite"), invite, { class: "primary" }), result);
}

/** A device that falls silent or is heard again, and somebody signing on or off, change the open list. @param {Board} b */
export function refreshDevices(b) {
	const before = JSON.stringify([[...silent], [...people]]);
	silent = new Set(b.devices.filter((d) => d.silent).map((d) => d.id));
	people = new Map(b.devices.flatMap((d) => (d.staff ? [[d.id, d.staff.name]] : [])));
	if (JSON.stringify([[...silent], [...people]]) !== before) redraw?.();
}

/** @param {Board | null} board */
export function openDevices(board) {
	const list = el("div", { class: "scroll" });
	const zone = board?.site?.time_zone;
	const refresh = () => void drawList(list, zone);
	const again = setInterval(refresh, LIST_MS);
	dialog(t("devices.title"), board ? form(board, refresh) : el("p", { class: "soft" }, t("board.wait")),
		el("h3", {}, t("devices.all")), list).addEventListener("close", () => {
		clearInterval(again);
		redraw = null;
	});
	redraw = refresh;
	refresh();
}
