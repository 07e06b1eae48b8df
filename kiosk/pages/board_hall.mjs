/**
 * The whole hall: the hold that stops every call, with who is inside, and the roll call in observation.
 */
import { command } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon, say } from "./dom.mjs";
import { deskName, hour, language, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Board} Board */

const REASONS = /** @type {const} */ (["no_clinician", "fridge", "evacuation"]);
const STAGES = /** @type {const} */ (["registration", "consent", "injection", "observation"]);

/** Draws the open dialog of the roll call again. @type {((b: Board) => void) | null} */
let redraw = null;
/** Who was inside when the list was last drawn. */
let shownInside = "";

// ---- the hold

/** Where to look for somebody who does not sit and wait. @param {NonNullable<Board["inside"]>[number]} one */
function place(one) {
	if (one.desk) return deskName(one.desk);
	return one.state === "queued" || one.state === "observing" ? null : t(`state.${one.state}`);
}

/** @param {NonNullable<Board["inside"]>[number]} one */
const person = (one) => el("li", {}, el("b", { class: "num" }, one.number),
	one.companions > 0 && el("span", {}, ` ${t("hold.with", { companions: one.companions })}`),
	place(one) && el("span", { class: "soft" }, ` ${place(one)}`));

/** By stage; whoever belongs to none stands last. @param {NonNullable<Board["inside"]>} inside */
function insideList(inside) {
	const groups = [...STAGES, null].map((stage) => ({ stage, those: inside.filter((one) => one.stage === stage) }));
	return groups.filter((g) => g.those.length > 0).flatMap(({ stage, those }) => [
		el("h3", {}, stage ? t(`stage.${stage}`) : t("hold.elsewhere"), " ", el("span", { class: "num" }, those.length)),
		el("ul", {}, ...those.map(person)),
	]);
}

/** @param {Board} b */
const holdParts = (b) => [
	el("div", { class: "hold-head" }, icon("hold"),
		el("div", { role: "status" }, el("h2", {}, t("hold.on", { reason: b.hold.reason ?? "" })), el("p", { class: "people" })),
		el("span", { class: "grow" }), button(t("hold.resume"), () => command("/api/site/resume"), { class: "strong" })),
	el("details", {}, el("summary", {}, t("hold.inside")),
		el("div", { class: "inside", tabindex: 0, role: "region", "aria-label": t("hold.inside") })),
];

/**
 * The banner while calls are held. Its button and its list stay the same through all that changes below them.
 * @param {HTMLElement} node
 * @param {Board} b
 */
export function drawHold(node, b) {
	const { on, reason, since } = b.hold;
	const drawn = on ? JSON.stringify([reason, since, language()]) : "";
	const tool = document.querySelector('[data-tool="hold"]');
	if (tool instanceof HTMLElement) tool.hidden = on;
	node.hidden = !on;
	if ((node.dataset["drawn"] ?? "") !== drawn) {
		node.dataset["drawn"] = drawn;
		shownInside = "";
		fill(node, ...(on ? holdParts(b) : []));
	}
	if (on) drawInside(node, b);
}

/** @param {HTMLElement} node @param {Board} b */
function drawInside(node, b) {
	const inside = b.inside ?? [];
	const people = inside.reduce((sum, one) => sum + 1 + one.companions, 0);
	const word = node.querySelector(".people");
	const list = node.querySelector(".inside");
	const shown = JSON.stringify(inside);
	if (word) say(word, t("hold.since", { time: b.hold.since ? hour(b.hold.since, b.site?.time_zone) : "–", people }));
	if (!list || shown === shownInside) return;
	shownInside = shown;
	fill(list, ...insideList(inside));
}

/** One tap for the usual reasons, and a line for any other. */
export function openHold() {
	const other = el("input", { id: "hold-reason", autocomplete: "off", maxlength: 200 });
	const wrong = el("p", { class: "error", role: "alert" });
	const done = () => node.close();
	const hold = (/** @type {string} */ reason) => command("/api/site/hold", { reason });
	const node = dialog(t("hold.title"),
		el("p", { class: "soft" }, t("hold.what_it_does")),
		el("div", { class: "choices" }, ...REASONS.map((r) =>
			button(t(`hold.${r}`), () => hold(t(`hold.${r}`)), { class: "danger", done }))),
		el("div", { class: "field" }, el("label", { for: other.id }, t("hold.other")), other), wrong,
		button(t("hold.stop"), async () => {
			const reason = other.value.trim();
			fill(wrong);
			if (reason) return hold(reason).then(done);
			fill(wrong, icon("lost"), t("hold.reason_missing"));
			other.focus();
		}));
}

// ---- the roll call

/** What is to be done, under the line that tells how far it is. @param {Board} b */
function rollCallParts(b) {
	const { on, started_at: started } = b.roll_call;
	return on ? [
		el("p", { class: "lead", role: "status" }),
		el("p", { class: "soft" }, t("roll.how", { time: started ? hour(started, b.site?.time_zone) : "–" })),
		button(t("roll.end"), () => command("/api/site/roll_call_end"), { class: "primary" }),
	] : [
		el("p", { class: "lead", role: "status" }),
		el("p", { class: "soft" }, t("roll.what_it_does")),
		button(t("roll.start"), () => command("/api/site/roll_call_start"), { class: "primary" }),
	];
}

/** @param {Board} b */
function rollCallLead(b) {
	const { on, ended_at: ended, missing } = b.roll_call;
	const { seen, in_it: all } = b.stages.observation;
	if (on) return t("roll.seen", { seen: seen ?? 0, all });
	if (!ended) return "";
	const time = hour(ended, b.site?.time_zone);
	return missing > 0 ? t("roll.missing", { time, missing }) : t("roll.all_seen", { time });
}

/** @param {HTMLElement} node @param {Board} b */
function drawRollCall(node, b) {
	const drawn = JSON.stringify([b.roll_call, language()]);
	if (node.dataset["drawn"] !== drawn) {
		node.dataset["drawn"] = drawn;
		fill(node, ...rollCallParts(b));
	}
	const lead = node.querySelector(".lead");
	if (lead) say(lead, rollCallLead(b));
}

/** @param {Board} b */
export function openRollCall(b) {
	const node = el("div", { class: "roll" });
	redraw = (now) => drawRollCall(node, now);
	dialog(t("roll.title"), node).addEventListener("close", () => {
		redraw = null;
	});
	redraw(b);
}

/** @param {Board} b */
export const refreshRollCall = (b) => redraw?.(b);
