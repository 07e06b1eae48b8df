/**
 * The whole hall: the hold that stops every call, with who is inside, and the roll call in observation.
 */
import { command } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon } from "./dom.mjs";
import { deskName, hour, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Board} Board */

const REASONS = /** @type {const} */ (["no_clinician", "fridge", "evacuation"]);
const STAGES = /** @type {const} */ (["registration", "consent", "injection", "observation"]);

/** Draws the open dialog of the roll call again. @type {((b: Board) => void) | null} */
let redraw = null;
let lastHold = "";

// ---- the hold

/** Where somebody stands, for whoever must find them. @param {NonNullable<Board["inside"]>[number]} one */
const place = (one) => (one.desk ? deskName(one.desk) : t(`state.${one.state}`));

/** Who is inside, by stage; whoever belongs to none stands last. @param {NonNullable<Board["inside"]>} inside */
function insideList(inside) {
	const groups = [...STAGES, null].map((stage) => ({ stage, those: inside.filter((one) => one.stage === stage) }));
	return el("dl", { class: "inside" }, ...groups.filter((g) => g.those.length > 0).flatMap(({ stage, those }) => [
		el("dt", {}, stage ? t(`stage.${stage}`) : t("hold.elsewhere"), " ", el("b", { class: "num" }, those.length)),
		el("dd", {}, ...those.map((one) => el("span", { class: "num", title: place(one) }, one.number,
			one.companions > 0 && ` +${one.companions}`, " "))),
	]));
}

/**
 * The banner while calls are held.
 * @param {HTMLElement} node
 * @param {Board} b
 */
export function drawHold(node, b) {
	const { on, reason, since } = b.hold;
	node.hidden = !on;
	const drawn = on ? JSON.stringify([reason, since, b.inside, document.documentElement.lang]) : "";
	if (drawn === lastHold) return;
	lastHold = drawn;
	if (!on) return fill(node);
	const open = node.querySelector("details")?.open ?? false;
	const people = (b.inside ?? []).reduce((sum, one) => sum + 1 + one.companions, 0);
	fill(node,
		el("div", { class: "hold-head" }, icon("hold"),
			el("div", {}, el("h2", {}, t("hold.on", { reason: reason ?? "" })),
				el("p", {}, t("hold.since", { time: since ? hour(since, b.site?.time_zone) : "–", people }))),
			el("span", { class: "grow" }), button(t("hold.resume"), () => command("/api/site/resume"), { class: "strong" })),
		el("details", { open }, el("summary", {}, t("hold.inside")), insideList(b.inside ?? [])));
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

/** @param {HTMLElement} node @param {Board} b */
function drawRollCall(node, b) {
	const { on, started_at: started, ended_at: ended, missing } = b.roll_call;
	const drawn = JSON.stringify([b.roll_call, b.stages.observation, document.documentElement.lang]);
	if (node.dataset["drawn"] === drawn) return;
	node.dataset["drawn"] = drawn;
	const time = (/** @type {string} */ at) => hour(at, b.site?.time_zone);
	if (on) {
		fill(node,
			el("p", { class: "lead" }, t("roll.seen", { seen: b.stages.observation.seen ?? 0, all: b.stages.observation.in_it })),
			el("p", { class: "soft" }, t("roll.how", { time: started ? time(started) : "–" })),
			button(t("roll.end"), () => command("/api/site/roll_call_end"), { class: "primary" }));
		return;
	}
	fill(node,
		ended && el("p", { class: "lead" }, t(missing > 0 ? "roll.missing" : "roll.all_seen", { time: time(ended), missing })),
		el("p", { class: "soft" }, t("roll.what_it_does")),
		button(t("roll.start"), () => command("/api/site/roll_call_start"), { class: "primary" }));
}

/** @param {Board} b */
export function openRollCall(b) {
	const node = el("div", { class: "roll", role: "status" });
	redraw = (now) => drawRollCall(node, now);
	dialog(t("roll.title"), node).addEventListener("close", () => {
		redraw = null;
	});
	redraw(b);
}

/** @param {Board} b */
export const refreshRollCall = (b) => redraw?.(b);
