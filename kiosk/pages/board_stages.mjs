/**
 * A card for each stage: who waits and how long, who is called and served, how full the room is, and why nobody is called.
 */
import { el, icon } from "./dom.mjs";
import { hour, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Board} Board */
/** @typedef {import("./types.mjs").StageCounts} StageCounts */

const QUEUES = /** @type {const} */ (["registration", "consent", "injection"]);

/** Minutes with their unit, or a dash. @param {number | null | undefined} n */
const minutes = (n) => (n === null || n === undefined ? "–" : t("board.minutes", { n }));

/** Why nobody is called now, and until when. @param {NonNullable<StageCounts["paused"]>} paused @param {string | undefined} zone */
function pausedWords(paused, zone) {
	const why = t(`pause.${paused.why}`);
	return paused.until ? t("pause.until", { why, time: hour(paused.until, zone) }) : why;
}

/** @param {StageCounts} s @param {string | undefined} zone */
function notes(s, zone) {
	const room = s.capacity ? t("board.room", { people: s.people, capacity: s.capacity }) : null;
	const hall = s.hall > 0 ? t("board.hall", { hall: s.hall }) : null;
	return el("p", { class: "notes" },
		s.paused && el("span", { class: "mark" }, icon("lost"), pausedWords(s.paused, zone)),
		el("span", { class: "soft" }, [room, hall].filter(Boolean).join(" · ")));
}

/** @param {number} n @param {string} word */
const count = (n, word, extra = "") =>
	el("div", {}, el("b", { class: "num" }, n, extra && el("small", {}, extra)), el("span", {}, word));

/** @param {string} word @param {string} value */
const line = (word, value) => el("div", {}, el("dt", {}, word), el("dd", { class: "num" }, value));

/** @param {Board} b @param {typeof QUEUES[number]} stage */
function queueCard(b, stage) {
	const s = b.stages[stage];
	return el("section", { class: s.paused ? "card stage look" : "card stage", "data-stage": stage },
		el("h2", {}, t(`stage.${stage}`), el("span", { class: "soft" }, t("board.done_n", { done: s.done }))),
		el("div", { class: "counts" },
			count(s.waiting, t("board.waiting")), count(s.called, t("board.called")), count(s.serving, t("board.serving"))),
		el("dl", { class: "waits" },
			line(t("board.waited"), s.wait ? t("board.p50_p90", { p50: s.wait.p50, p90: s.wait.p90 }) : "–"),
			line(t("board.forecast"), minutes(s.forecast))),
		notes(s, b.site?.time_zone));
}

/** Seats taken, spoken for, free: a bar with its words below. @param {Board} b */
function seatBar(b) {
	const { total: all, taken, committed } = b.seats;
	const part = (/** @type {string} */ name, /** @type {number} */ n) => el("i", { class: name, "data-share": Math.max(0, n) });
	const bar = el("div", { class: "seat-bar", "aria-hidden": "true" },
		part("taken", taken), part("coming", committed - taken), part("free", all - committed));
	for (const node of bar.children) if (node instanceof HTMLElement) node.style.flexGrow = node.dataset["share"] ?? "0";
	return bar;
}

/** @param {Board} b */
function seatWords(b) {
	const { free, taken, committed, next_free_at: next } = b.seats;
	const words = [t("seats.free", { free: Math.max(0, free) })];
	if (committed > taken) words.push(t("seats.coming", { coming: committed - taken }));
	if (next) words.push(t("seats.next", { time: hour(next, b.site?.time_zone) }));
	return words.join(" · ");
}

/** @param {Board} b */
function seatCard(b) {
	const full = b.seats.free <= 0;
	const { due, on_the_way: coming } = b.stages.observation;
	return el("section", { class: full ? "card stage look" : "card stage", "data-stage": "observation" },
		el("h2", {}, t("stage.observation"), full && el("span", { class: "mark" }, icon("lost"), t("board.full"))),
		el("div", { class: "counts" },
			count(b.seats.taken, t("board.seated"), ` / ${b.seats.total}`), count(due, t("board.due")),
			count(coming, t("board.on_the_way"))),
		seatBar(b),
		el("p", { class: "notes" }, el("span", { class: "soft" }, seatWords(b))));
}

/** @param {Board} b */
export const stageCards = (b) => [...QUEUES.map((stage) => queueCard(b, stage)), seatCard(b)];
