/**
 * People without a ticket number: those of today whose name, phone or document number was typed, for one to be picked.
 */
import { Problem, request } from "./api.mjs";
import { el, fill, icon } from "./dom.mjs";
import { t } from "./words.mjs";

/** @typedef {import("./types.mjs").Visit} Visit */

const LEAST = 2;

/** @param {string} text @param {"error" | "soft"} tone */
const told = (text, tone) => el("p", { class: tone, role: tone === "error" ? "alert" : "status" }, tone === "error" && icon("lost"), text);

/** Who is expected has no number yet, and there is nothing to open. @param {Visit} v @param {(number: string) => void} open */
function row(v, open) {
	const { number } = v;
	const state = [t(`state.${v.state}`), v.stage && t(`stage.${v.stage}`)].filter(Boolean).join(" · ");
	return el("tr", {},
		el("th", { scope: "row" }, number === null ? "–" : el("button", { type: "button", class: "num", onclick: () => open(number) }, number)),
		el("td", {}, v.person?.name), el("td", { class: "num" }, v.person?.birth_date), el("td", {}, state));
}

/** @param {Visit[]} visits @param {(number: string) => void} open */
const table = (visits, open) => el("div", { class: "scroll" }, el("table", { class: "list hits" },
	el("thead", {}, el("tr", {}, ...["find.number", "find.name", "find.birth_date", "find.state"].map((k) => el("th", { scope: "col" }, t(k))))),
	el("tbody", {}, ...visits.map((v) => row(v, open)))));

/**
 * @param {HTMLElement} place
 * @param {string} text
 * @param {(number: string) => void} open
 */
export async function drawHits(place, text, open) {
	if ([...text.trim()].length < LEAST) return fill(place, told(t("find.short"), "error"));
	try {
		/** @type {{visits: Visit[], more: number}} */
		const { visits, more } = await request("POST", "/api/visits/find", { text: text.trim() });
		fill(place,
			visits.length > 0 ? table(visits, open) : told(t("find.nobody"), "soft"),
			more > 0 && told(t("find.more", { count: more }), "soft"));
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		fill(place, told(problem.text(), "error"));
	}
}
