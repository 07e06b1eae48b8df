/**
 * The devices of the site: who they are, when they were last heard, and a new one. A link and its code are for one use and
 * are shown until the dialog closes.
 */
import { insist, Problem, request } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon, say } from "./dom.mjs";
import { deskName, hour, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Device} Device */
/** @typedef {import("./types.mjs").DeviceKind} DeviceKind */
/** @typedef {import("./types.mjs").Invitation} Invitation */
/** @typedef {import("./types.mjs").Board} Board */

/** @type {DeviceKind[]} */
const KINDS = ["handheld", "kiosk", "exit", "observation", "display", "board", "agent", "program"];
/** Where a kind may stand besides the site's desks. @type {Record<string, string[]>} */
const PLACES = { handheld: ["observation", "treatment"], kiosk: ["observation"] };

/**
 * @param {Device} d
 * @param {string | undefined} zone
 * @param {() => void} changed
 */
function row(d, zone, changed) {
	const contact = d.last_contact ? hour(d.last_contact, zone) : t("devices.never");
	const state = d.state === "enrolled" ? contact : t(`devices.${d.state}`);
	return el("tr", { class: d.state === "revoked" ? "soft" : "" },
		el("th", { scope: "row" }, d.name), el("td", {}, t(`kind.${d.kind}`)),
		el("td", {}, d.desk ? deskName(d.desk) : "–"), el("td", {}, state),
		el("td", {}, d.state !== "revoked" && revoke(d, changed)));
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

/**
 * @param {HTMLElement} place
 * @param {string | undefined} zone
 */
async function drawList(place, zone) {
	const changed = () => void drawList(place, zone);
	try {
		const { devices } = /** @type {{devices: Device[]}} */ (await request("GET", "/api/devices"));
		const shown = [...devices].sort((a, b) => Number(a.state === "revoked") - Number(b.state === "revoked"));
		fill(place, el("table", { class: "list" },
			el("thead", {}, el("tr", {}, ...["device.name", "device.kind", "device.desk", "devices.last"].map((k) =>
				el("th", { scope: "col" }, t(k))), el("td"))),
			el("tbody", {}, ...shown.map((d) => row(d, zone, changed)))));
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

/** @param {Board | null} board */
export function openDevices(board) {
	const list = el("div", { class: "scroll" });
	const note = el("p", { class: "soft" });
	if (!board) say(note, t("board.wait"));
	const zone = board?.site?.time_zone;
	const refresh = () => void drawList(list, zone);
	dialog(t("devices.title"), board ? form(board, refresh) : note, el("h3", {}, t("devices.all")), list);
	refresh();
}
