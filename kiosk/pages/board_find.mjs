/**
 * One ticket, found by its number or by its holder: who it is, where it stands, all that happened to it, and what a supervisor may do about it.
 */
import { command, Problem, request } from "./api.mjs";
import { correctForm } from "./board_correct.mjs";
import { drawHits } from "./board_hits.mjs";
import { nameOf } from "./board_names.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon } from "./dom.mjs";
import { deskName, hour, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Visit} Visit */
/** @typedef {import("./types.mjs").Moment} Moment */
/** @typedef {import("./board_correct.mjs").Given} Given */

const QUEUES = /** @type {const} */ (["registration", "consent", "injection"]);
const WAITING = ["queued", "called", "serving", "parked"];

/** Blanks may part a code, but then a digit tells it from a long name. @param {string} text */
const isCode = (text) => /^[A-Z2-7]{24}$/.test(text.replace(/[\s-]/g, "")) && (/\d/.test(text) || !/\s/.test(text));

/**
 * A number as it is typed, `a12` or `a 12`, is A012; a code is taken as it was scanned. Null: the text is neither.
 * @param {string} text
 */
export function reference(text) {
	const typed = text.normalize("NFKC").trim().toUpperCase();
	const number = /^([A-Z])\s*(\d{1,6})$/.exec(typed);
	if (number) return `${number[1]}${(number[2] ?? "").padStart(3, "0")}`;
	const bare = typed.replace(/^.*\/T\//, "");
	return bare !== typed || isCode(bare) ? bare : null;
}

/** @param {string} word @param {string | number | null | undefined | Node} value */
const fact = (word, value) => (value === null || value === undefined || value === "" ? [] : [el("dt", {}, word), el("dd", {}, value)]);

/** @param {Given | null} given */
const dose = (given) => given && [nameOf("vaccines", given.vaccine), given.lot].filter(Boolean).join(" · ");

/** @param {Visit} v @param {Given | null} given @param {string | undefined} zone */
function facts(v, given, zone) {
	/** @type {Partial<import("./types.mjs").Person>} */
	const p = v.person ?? {};
	const where = v.desk ? deskName(v.desk) : v.stage ? t(`stage.${v.stage}`) : null;
	return el("dl", { class: "facts" },
		...fact(t("find.state"), [t(`state.${v.state}`), where].filter(Boolean).join(" · ")),
		...fact(t("find.name"), p.name), ...fact(t("find.birth_date"), p.birth_date), ...fact(t("find.sex"), p.sex && t(`sex.${p.sex}`)),
		...fact(p.id_type ? nameOf("id_types", p.id_type) : t("find.id_number"), p.id_number), ...fact(t("find.phone"), p.phone),
		...fact(t("find.guardian"), p.guardian), ...fact(t("find.notes"), p.notes),
		...fact(t("find.class"), t(`class.${v.class}`)), ...fact(t("find.companions"), v.companions || null),
		...fact(t("find.arrived"), v.arrived_at && hour(v.arrived_at, zone)),
		...fact(t("find.injected"), v.injected_at && hour(v.injected_at, zone)), ...fact(t("find.vaccine"), dose(given)),
		...fact(t("find.due"), v.due_at && hour(v.due_at, zone)));
}

/** What happened; the stage too where no desk tells it: after a desk's act it is the next one. @param {Moment} m */
function what(m) {
	const name = m.undoes ? t("find.undone", { what: t(`event.${m.undoes}`) }) : t(`event.${m.type}`);
	return m.stage && !m.desk ? `${name} · ${t(`stage.${m.stage}`)}` : name;
}

/** An entry check stands as its id; all else as it was typed. @param {Moment} m */
const why = (m) => (m.reason && m.type === "turned_away" ? nameOf("entry_checks", m.reason) : m.reason ?? "");

/** @param {Moment[]} timeline @param {string | undefined} zone */
const timelineTable = (timeline, zone) => el("table", { class: "list timeline" },
	el("thead", {}, el("tr", {}, ...["find.at", "find.what", "find.where", "find.who", "find.why"].map((k) => el("th", { scope: "col" }, t(k))))),
	el("tbody", {}, ...timeline.map((m) => el("tr", {},
		el("th", { scope: "row", class: "num" }, hour(m.at, zone, true)),
		el("td", {}, what(m)), el("td", {}, m.desk ? deskName(m.desk) : "–"),
		el("td", {}, m.staff_name ?? m.staff ?? ""), el("td", {}, why(m))))));

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
	const stages = [...QUEUES, ...(v.injected_at ? /** @type {const} */ (["observation"]) : [])];
	const stage = el("select", { id: "move-stage" }, el("option", { value: "" }, t("find.choose")),
		...stages.map((s) => el("option", { value: s }, t(`stage.${s}`))));
	const move = async () => {
		if (!stage.value) return stage.focus();
		await act("move", { stage: stage.value });
		changed();
	};
	return el("div", { class: "acts" },
		button(t("act.undo"), () => act("undo"), { done: changed }),
		button(t("act.reissue"), () => act("reissue").then((answer) => showTicket(told, answer))),
		v.state === "parked" && button(t("act.resume"), () => act("resume"), { class: "strong", done: changed }),
		WAITING.includes(v.state) && button(t("act.leave"), () => act("leave"), { done: changed }),
		el("span", { class: "move" }, el("label", { for: stage.id }, t("find.move_to")), stage, button(t("act.move"), move)));
}

/**
 * @param {HTMLElement} place
 * @param {string} ref
 * @param {string | undefined} zone
 */
async function draw(place, ref, zone) {
	try {
		const { visit, given, timeline } = await request("GET", `/api/visits/${encodeURIComponent(ref)}`);
		const told = el("div");
		const again = () => void draw(place, visit.number ?? ref, zone);
		fill(place,
			el("h3", { class: "num found" }, visit.number ?? "–"), facts(visit, given, zone),
			visit.number && acts(visit, told, again), told, visit.number && correctForm(visit, given, again),
			el("h3", {}, t("find.timeline")), el("div", { class: "scroll" }, timelineTable(timeline, zone)));
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
	/** @param {string} text */
	const lookUp = (text) => {
		const ref = reference(text);
		if (ref === null) void drawHits(place, text, (found) => void draw(place, found, zone));
		else void draw(place, ref, zone);
	};
	const form = el("form", { class: "find", onsubmit: (/** @type {Event} */ event) => {
		event.preventDefault();
		if (input.value.trim()) lookUp(input.value);
	} }, el("label", { for: input.id }, t("find.ref")), input, el("button", { type: "submit", class: "primary" }, t("find.look_up")));
	dialog(t("find.title"), form, place);
	input.focus();
	if (number) lookUp(number);
}
