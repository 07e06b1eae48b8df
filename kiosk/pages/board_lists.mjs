/**
 * People somebody must look after - set aside, or gone too early - and what the day has counted: doses by vaccine and lot, and
 * who was turned away at the door.
 */
import { nameOf, wantNames } from "./board_names.mjs";
import { el, fill, keyed, say } from "./dom.mjs";
import { t } from "./words.mjs";

/** @typedef {import("./types.mjs").Board} Board */
/** @typedef {Board["parked"][number]} Someone */

/**
 * The frame of a list of numbers, empty and hidden until drawn.
 * @param {string} id
 * @param {string} title
 * @param {string} why
 */
export const peopleFrame = (id, title, why) =>
	el("section", { id, class: "looked-after", "aria-labelledby": `${id}-title`, hidden: true },
		el("h2", { id: `${id}-title` }, title, " ", el("span", { class: "num" })), el("p", { class: "soft" }, why), el("ul"));

/**
 * @param {HTMLElement} node
 * @param {Someone[]} people
 * @param {(number: string) => void} open
 */
export function drawPeople(node, people, open) {
	const count = node.querySelector(".num");
	const list = node.querySelector("ul");
	if (!count || !list) return;
	node.hidden = people.length === 0;
	say(count, people.length);
	keyed(list, people, (one) => one.visit,
		(one) => el("li", {}, el("button", { type: "button", class: "quiet num", onclick: () => open(one.number) })),
		(item, one) => {
			if (item.firstElementChild) say(item.firstElementChild, one.number);
		});
}

/** @param {string} title @param {number} sum @param {{name: string, more: string, count: number}[]} rows */
const tally = (title, sum, rows) => el("section", { class: "card tally" },
	el("h2", {}, title, " ", el("span", { class: "num" }, sum)),
	el("table", {}, el("tbody", {}, ...rows.map((row) => el("tr", {},
		el("th", { scope: "row" }, row.name, row.more && el("span", { class: "soft" }, ` ${row.more}`)),
		el("td", { class: "num" }, row.count))))));

/**
 * @param {HTMLElement} node
 * @param {Board} b
 * @param {() => void} changed
 */
export function drawTallies(node, b, changed) {
	wantNames("vaccines", b.stock.map((s) => s.vaccine), changed);
	wantNames("entry_checks", b.not_today.map((n) => n.check), changed);
	const doses = b.stock.map((s) => ({ name: nameOf("vaccines", s.vaccine), more: s.lot ?? "", count: s.given }));
	const turned = b.not_today.map((n) => ({ name: nameOf("entry_checks", n.check), more: "", count: n.count }));
	const drawn = JSON.stringify([doses, turned, document.documentElement.lang]);
	node.hidden = doses.length + turned.length === 0;
	if (node.dataset["drawn"] === drawn) return;
	node.dataset["drawn"] = drawn;
	fill(node,
		doses.length > 0 && tally(t("board.doses"), b.totals.injected, doses),
		turned.length > 0 && tally(t("board.turned_away"), b.totals.not_today, turned));
}
