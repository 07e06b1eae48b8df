/**
 * /board: what the supervisor sees. The stream brings full pictures of the views `board` and `alerts`; the page draws them
 * and adds nothing but the passing of time.
 *
 *   header   site, date, server time, totals, sound, language, live or how old the data are
 *   left     what may be done; while calls are held, why and who is inside; a card a stage; the desks
 *   right    what needs somebody now, then the follow-up list, then devices and the closing of the day
 */
import { insist, Problem } from "./api.mjs";
import { drawAlerts, drawAlertTimes } from "./board_alerts.mjs";
import { openDay } from "./board_day.mjs";
import { drawDesks, openDesks } from "./board_desks.mjs";
import { openDevices } from "./board_devices.mjs";
import { openFind } from "./board_find.mjs";
import { drawHold, openHold, openRollCall, refreshRollCall } from "./board_hall.mjs";
import { openRoster } from "./board_roster.mjs";
import { ServerClock } from "./clock.mjs";
import { el, fill, icon, say } from "./dom.mjs";
import { listenForTouch, soundReady } from "./sound.mjs";
import { STALE_MS, Stream } from "./stream.mjs";
import { hour, language, languageChoice, loadWords, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Board} Board */
/** @typedef {import("./types.mjs").Alerts} Alerts */
/** @typedef {import("./types.mjs").Device} Device */

const TICK_MS = 250;
const QUEUES = /** @type {const} */ (["registration", "consent", "injection"]);
/** Out of the building. */
const GONE = /** @type {const} */ (["completed", "deferred", "declined", "left", "left_early", "transferred"]);

const clock = new ServerClock();
/** @type {Board | null} */
let board = null;
/** @type {Alerts | null} */
let alerts = null;
/** @type {Device[]} */
let devices = [];
/** Ids that the list of devices was asked for. @type {Set<string | null | undefined>} */
const asked = new Set();
/** @type {Stream | null} */
let stream = null;
/** The language that the frame was drawn in. @type {string | null} */
let frameLanguage = null;

/** The part of the frame with this id. @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** A number with its word, filled later. @param {string} id @param {string} word */
const total = (id, word) => el("span", { class: "total" }, `${word} `, el("b", { id, class: "num" }, "–"));

function header() {
	return el("header", { class: "bar" },
		el("h1", { id: "site" }, "vaxline"),
		el("span", { id: "date", class: "soft" }),
		el("time", { id: "time", class: "num clock", "aria-label": t("board.server_time") }),
		el("span", { class: "total" }, `${t("board.arrived")} `, el("b", { id: "arrived", class: "num" }, "–"),
			el("span", { id: "awaited", class: "soft num" })),
		total("injected", t("board.injected")), total("left", t("board.left")),
		el("span", { class: "grow" }),
		el("button", { id: "sound", type: "button", class: "quiet" }),
		languageChoice(draw),
		el("span", { id: "live", class: "live", role: "status" }));
}

function frame() {
	fill(document.body,
		header(),
		el("main", { class: "left" },
			el("nav", { class: "tools", "aria-label": t("board.tools") },
				tool("find", t("find.title"), () => openFind(board?.site?.time_zone)),
				tool("list", t("roster.title"), () => openRoster()),
				tool("roll", t("roll.title"), () => board && openRollCall(board)),
				el("span", { class: "grow" }),
				tool("hold", t("hold.title"), () => openHold())),
			el("section", { id: "hold", class: "hold", role: "status", hidden: true }),
			el("section", { id: "stages", class: "stages", "aria-label": t("board.stages") }),
			el("section", { class: "card desks", "aria-labelledby": "desks-title" },
				el("div", { class: "card-head" },
					el("h2", { id: "desks-title" }, t("board.desks")),
					el("button", { type: "button", class: "quiet", onclick: () => openDesks() }, t("desks.change"))),
				el("div", { id: "desks", class: "desk-columns" }))),
		el("aside", { class: "right", "aria-labelledby": "alerts-title" },
			el("h2", { id: "alerts-title" }, t("alerts.title"), " ", el("span", { id: "alerts-count", class: "num" })),
			el("ul", { id: "alerts", class: "alerts" }),
			el("section", { id: "follow-up", class: "follow-up", "aria-labelledby": "follow-up-title" }),
			el("footer", { class: "foot" },
				el("button", { type: "button", class: "quiet", onclick: () => openDevices(board) }, t("devices.title")),
				el("button", { type: "button", class: "quiet", onclick: () => openDay() }, t("day.title")))),
		el("div", { id: "cry", class: "unseen", role: "alert" }));
	document.title = `${t("board.title")} · vaxline`;
	frameLanguage = language();
}

/** @param {Parameters<typeof icon>[0]} picture @param {string} word @param {() => void} act */
const tool = (picture, word, act) => el("button", { type: "button", "data-tool": picture, onclick: act }, icon(picture), word);

/** Minutes with their unit, or a dash. @param {number | null | undefined} n */
const minutes = (n) => (n === null || n === undefined ? "–" : t("board.minutes", { n }));

/** Why nobody is called now, and until when. @param {NonNullable<import("./types.mjs").StageCounts["paused"]>} paused */
function pausedWords(paused) {
	const why = t(`pause.${paused.why}`);
	return paused.until ? t("pause.until", { why, time: hour(paused.until, board?.site?.time_zone) }) : why;
}

/** @param {import("./types.mjs").StageCounts} s */
function stageNotes(s) {
	const room = s.capacity ? t("board.room", { people: s.people, capacity: s.capacity }) : null;
	const hall = s.hall > 0 ? t("board.hall", { hall: s.hall }) : null;
	return el("p", { class: "notes" },
		s.paused && el("span", { class: "mark" }, icon("lost"), pausedWords(s.paused)),
		el("span", { class: "soft" }, [room, hall].filter(Boolean).join(" · ")));
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
	const { free, next_free_at: next } = b.seats;
	const words = [t("seats.free", { free: Math.max(0, free) }), t("seats.coming", { coming: b.seats.committed - b.seats.taken })];
	if (next) words.push(t("seats.next", { time: hour(next, b.site?.time_zone) }));
	return words.join(" · ");
}

/** @param {Board} b */
function stageCards(b) {
	const number = (/** @type {number} */ n, /** @type {string} */ word, extra = "") =>
		el("div", {}, el("b", { class: "num" }, n, extra && el("small", {}, extra)), el("span", {}, word));
	const cards = QUEUES.map((stage) => {
		const s = b.stages[stage];
		return el("section", { class: s.paused ? "card stage look" : "card stage", "data-stage": stage },
			el("h2", {}, t(`stage.${stage}`), el("span", { class: "soft" }, t("board.done_n", { done: s.done }))),
			el("div", { class: "counts" },
				number(s.waiting, t("board.waiting")), number(s.called, t("board.called")), number(s.serving, t("board.serving"))),
			el("dl", { class: "waits" },
				el("div", {}, el("dt", {}, t("board.waited")), el("dd", { class: "num" },
					s.wait ? t("board.p50_p90", { p50: s.wait.p50, p90: s.wait.p90 }) : "–")),
				el("div", {}, el("dt", {}, t("board.forecast")), el("dd", { class: "num" }, minutes(s.forecast)))),
			stageNotes(s));
	});
	const full = b.seats.free === 0;
	cards.push(el("section", { class: full ? "card stage look" : "card stage", "data-stage": "observation" },
		el("h2", {}, t("stage.observation"), full && el("span", { class: "mark" }, icon("lost"), t("board.full"))),
		el("div", { class: "counts" },
			number(b.seats.taken, t("board.seated"), ` / ${b.seats.total}`), number(b.stages.observation.due, t("board.due")),
			number(b.stages.observation.on_the_way, t("board.on_the_way"))),
		seatBar(b),
		el("p", { class: "notes" }, el("span", { class: "soft" }, seatWords(b)))));
	return cards;
}

/** @param {Board} b */
function drawBoard(b) {
	const { totals } = b;
	say(part("site"), b.site?.name?.[language()] ?? b.site?.id ?? "vaxline");
	const awaited = totals.arrived + totals.by_state.expected;
	say(part("arrived"), totals.arrived);
	say(part("awaited"), totals.by_state.expected > 0 ? ` / ${awaited}` : "");
	say(part("injected"), totals.injected);
	say(part("left"), GONE.reduce((sum, state) => sum + totals.by_state[state], 0));
	fill(part("stages"), ...stageCards(b));
	drawHold(part("hold"), b);
	refreshRollCall(b);
	drawDesks(part("desks"), b.desks);
	const some = b.follow_up.length > 0;
	fill(part("follow-up"),
		some && el("h2", { id: "follow-up-title" }, t("board.follow_up"), " ", el("span", { class: "num" }, b.follow_up.length)),
		some && el("p", { class: "soft" }, t("board.follow_up_why")),
		some && el("ul", {}, ...b.follow_up.map((f) => el("li", {}, el("button", {
			type: "button", class: "quiet num", onclick: () => openFind(b.site?.time_zone, f.number),
		}, f.number)))));
}

function drawTime() {
	if (!clock.known()) return;
	const now = new Date(clock.now());
	/** @type {Intl.DateTimeFormatOptions} */
	const zone = board?.site ? { timeZone: board.site.time_zone } : {};
	say(part("time"), now.toLocaleTimeString("en-GB", zone));
	say(part("date"), now.toLocaleDateString(language(), { ...zone, month: "long", day: "numeric", weekday: "short" }));
}

function drawLive() {
	const age = stream?.age() ?? null;
	const live = part("live");
	const state = age === null ? "wait" : age > STALE_MS ? "stale" : "live";
	document.body.classList.toggle("stale", state === "stale");
	if (live.dataset["state"] !== state) {
		live.dataset["state"] = state;
		fill(live, icon(state === "live" ? "live" : "lost"), el("span", {}));
	}
	const word = live.lastElementChild;
	if (word) say(word, state === "stale" ? t("board.stale", { seconds: Math.floor((age ?? 0) / 1000) }) : t(`board.${state}`));
}

function drawSound() {
	const ready = soundReady();
	const button = part("sound");
	if (button.dataset["ready"] === String(ready)) return;
	button.dataset["ready"] = String(ready);
	fill(button, icon(ready ? "sound_on" : "sound_off"), el("span", {}, t(ready ? "board.sound_on" : "board.sound_off")));
}

function tick() {
	if (!stream) return;
	drawTime();
	drawLive();
	drawSound();
	drawAlertTimes(part("alerts"), clock.now());
}

/** Draws all that is known, the frame too where the language has changed. */
function draw() {
	if (!stream) return drawRefused();
	if (frameLanguage !== language()) frame();
	if (board) drawBoard(board);
	if (alerts) drawAlerts(alerts.alerts, { devices, gone: board?.follow_up.map((f) => f.number) ?? [] }, clock.now());
	tick();
}

/** This browser is no board, or no longer. */
function drawRefused() {
	frameLanguage = null;
	document.body.className = "form-page";
	document.title = `${t("signed_out.title")} · vaxline`;
	for (const dialog of document.querySelectorAll("dialog")) dialog.close();
	fill(document.body,
		el("header", { class: "bar" }, el("b", {}, "vaxline"), el("span", { class: "grow" }), languageChoice(draw)),
		el("main", {}, el("div", { class: "card" },
			el("h1", {}, t("signed_out.title")),
			el("p", { class: "lead" }, t("signed_out.lead")),
			el("ul", {}, el("li", {}, t("signed_out.first")), el("li", {}, t("signed_out.later"))),
			el("p", {}, el("a", { class: "button primary", href: "/enrol" }, t("signed_out.enrol"))))));
}

/** An alarm says which device it came from; people know devices by their names. */
async function learnDevices() {
	const ids = (alerts?.alerts ?? []).map((a) => a.device).filter((id) => id && !asked.has(id));
	if (ids.length === 0) return;
	for (const id of ids) asked.add(id);
	try {
		devices = (await insist("GET", "/api/devices")).devices;
		draw();
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		/* Without its name an alarm still says what and who; a refusal shows on the stream too. */
	}
}

/** @param {string} view @param {any} data */
function show(view, data) {
	clock.hear(data.at, view === "beat");
	if (view === "board") board = data;
	if (view === "alerts") {
		alerts = data;
		void learnDevices();
	}
	if (view !== "beat") draw();
}

function refused() {
	stream = null;
	draw();
}

await loadWords();
stream = new Stream(["board", "alerts"], show, refused);
listenForTouch(drawSound);
draw();
setInterval(tick, TICK_MS);
