/**
 * Closing the day: what it will do, what stands in the way, and the button.
 */
import { command, Problem, request } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon } from "./dom.mjs";
import { deskName, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Day} Day */

/** Visits by their state, then cries without a ticket by their place. @param {Day["in_the_way"]} what */
function groups(what) {
	/** @type {Map<string, string[]>} */
	const found = new Map();
	for (const one of what) {
		const [key, who] = "kind" in one
			? [t(`alert.${one.kind}`), one.place ? deskName(one.place) : "–"] : [t(`state.${one.state}`), one.number];
		found.set(key, [...(found.get(key) ?? []), who]);
	}
	return [...found];
}

/** @param {Day["in_the_way"]} what */
const obstacles = (what) =>
	el("div", { class: "notice look" }, icon("lost"), el("div", {}, el("b", {}, t("day.in_the_way")),
		el("ul", {}, ...groups(what).map(([key, who]) => el("li", {},
			el("b", {}, key, " ", el("span", { class: "num" }, who.length)), el("p", { class: "numbers" }, who.join(", ")))))));

/** @param {HTMLElement} place */
async function draw(place) {
	const day = /** @type {Day} */ (await request("GET", "/api/day"));
	if (day.state !== "open") {
		fill(place, el("p", {}, t(`day.${day.state}`, { day: day.day ?? "" })));
		return;
	}
	const found = el("div", { role: "status" }, day.in_the_way.length > 0 && obstacles(day.in_the_way));
	fill(place,
		el("p", {}, t("day.open", { day: day.day ?? "" })), el("p", { class: "soft" }, t("day.what_it_does")), found,
		button(t("day.close"), () => command("/api/day/close"), {
			class: "danger",
			done: () => void draw(place),
			problem: (problem) => {
				if (problem.code === "day_not_clear") fill(found, obstacles(problem.body["what"] ?? []));
				return problem.text();
			},
		}));
}

export async function openDay() {
	const place = el("div", { class: "day" }, el("p", { class: "soft" }, t("board.wait")));
	dialog(t("day.title"), place);
	try {
		await draw(place);
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		fill(place, el("p", { class: "error", role: "alert" }, icon("lost"), problem.text()));
	}
}
