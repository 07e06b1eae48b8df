/**
 * One ticket: who it is, where it stands, all that happened to it, and what a supervisor may do about it.
 */
import { command, Problem, request } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon } from "./dom.mjs";
import { deskName, hasText, hour, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Visit} Visit */
/** @typedef {import("./types.mjs").Moment} Moment */

const QUEUES = /** @type {const} */ (["registration", "consent", "injection"]);
const WAITING = ["queued", "called", "serving", "parked"];

/** A number as it is typed, `a12`, is A012; a code is taken as it was scanned. @param {string} text */
export function reference(text) {
	const bare = text.trim().toUpperCase().replace(/^.*\/T\//, "");
	const number = /^([A-Z])(\d{1,6})$/.exec(bare);
	return number ? `${number[1]}${(number[2] ?? "").padStart(3, "0")}` : bare;
}

/** @param {string} word @param {string | number | null | undefined | Node} value */
const fact = (word, value) => (value === null || value === undefined || value === "" ? [] : [el("dt", {}, word), el("dd", {}, value)]);

/** @param {Visit} v @param {string | undefined} zone */
function facts(v, zone) {
	/** @type {Partial<import("./types.mjs").Person>} */
	const p = v.person ?? {};
	const where = v.desk ? deskName(v.desk) : v.stage ? t(`stage.${v.stage}`) : null;
	return el("dl", { class: "facts" },
		...fact(t("find.state"), [t(`state.${v.state}`), where].filter(Boolean).join(" · ")),
		...fact(t("find.name"), p.name), ...fact(t("find.birth_date"), p.birth_date), ...fact(t("find.phone"), p.phone),
		...fact(t("find.guardian"), p.guardian), ...fact(t("find.notes"), p.notes),
		...fact(t("find.class"), t(`class.${v.class}`)), ...fact(t("find.companions"), v.companions || null),
		...fact(t("find.arrived"), v.arrived_at && hour(v.arrived_at, zone)),
		...fact(t("find.injected"), v.injected_at && hour(v.injected_at, zone)),
		...fact(t("find.due"), v.due_at && hour(v.due_at, zone)));
}

/** @param {Moment[]} timeline @param {string | undefined} zone */
const timelineTable = (timeline, zone) => el("table", { class: "list timeline" },
	el("thead", {}, el("tr", {}, ...["find.at", "find.what", "find.where", "find.why"].map((k) => el("th", { scope: "col" }, t(k))))),
	el("tbody", {}, ...timeline.map((m) => el("tr", {},
		el("th", { scope: "row", class: "num" }, hour(m.at, zone, true)),
		el("td", {}, hasText(`event.${m.type}`) ? t(`event.${m.type}`) : m.type, m.stage ? ` · ${t(`stage.${m.stage}`)}` : ""),
		el("td", {}, m.desk ? deskName(m.desk) : "–"), el("td", {}, m.reason ?? "")))));

/** A new ticket on the screen, for the printer or the holder's camera. @param {HTMLElement} place @param {any} answer */
const showTicket = (place, answer) => fill(place, el("div", { class: "notice go", role: "status" }, icon("check"),
	el("img", { class: "qr", src: answer.ticket.qr_svg, alt: t("find.new_qr"), width: 180, height: 180 }),
	el("div", {}, el("b", { class: "num" }, answer.ticket.number), el("p", {}, t("find.reissued")))));

/**
 * @param {Visit} v
 * @param {HTMLElement} told where a new ticket is shown
 * @param {() => void} changed
 */
function acts(v, told, changed) {
	const act = (/** @type {string} */ action, body = {}) =>
		command(`/api/visits/${encodeURIComponent(v.number ?? "")}/${action}`, body);
	const stage = el("select", { id: "move-stage" }, ...[...QUEUES, ...(v.injected_at ? /** @type {const} */ (["observation"]) : [])]
		.map((s) => el("option", { value: s, ...(s === v.stage ? { selected: true } : {}) }, t(`stage.${s}`))));
	return el("div", { class: "acts" },
		button(t("act.undo"), () => act("undo"), { done: changed }),
		button(t("act.reissue"), () => act("reissue").then((answer) => showTicket(told, answer))),
		WAITING.includes(v.state) && button(t("act.leave"), () => act("leave"), { done: changed }),
		v.state === "parked" && button(t("act.resume"), () => act("resume"), { done: changed }),
		el("span", { class: "move" }, el("label", { for: stage.id }, t("find.move_to")), stage,
			button(t("act.move"), () => act("move", { stage: stage.value }), { done: changed })));
}

/**
 * @param {HTMLElement} place
 * @param {string} ref
 * @param {string | undefined} zone
 */
async function draw(place, ref, zone) {
	try {
		const { visit, timeline } = await request("GET", `/api/visits/${encodeURIComponent(ref)}`);
		const told = el("div");
		fill(place,
			el("h3", { class: "num found" }, visit.number ?? "–"), facts(visit, zone),
			visit.number && acts(visit, told, () => void draw(place, ref, zone)), told,
			el("h3", {}, t("find.timeline")), timelineTable(timeline, zone));
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		fill(place, el("p", { class: "error", role: "alert" }, icon("lost"), problem.text()));
	}
}

/**
 * @param {string | undefined} zone
 * @param {string} [number] looked up at once
 */
export function openFind(zone, number = "") {
	const place = el("div", { class: "found-place" });
	const input = el("input", { id: "find-ref", autocomplete: "off", value: number, maxlength: 200, placeholder: "A012" });
	const form = el("form", { class: "find", onsubmit: (/** @type {Event} */ event) => {
		event.preventDefault();
		if (input.value.trim()) void draw(place, reference(input.value), zone);
	} }, el("label", { for: input.id }, t("find.ref")), input, el("button", { type: "submit", class: "primary" }, t("find.look_up")));
	dialog(t("find.title"), form, place);
	input.focus();
	if (number) void draw(place, reference(number), zone);
}
