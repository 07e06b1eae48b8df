/**
 * /board: what the supervisor sees. The stream brings full pictures of the views `board` and `alerts`; the page draws them
 * and adds nothing but the passing of time.
 *
 *   header   site, date, server time, totals, who is signed on here, sound, language, live or how old the data are
 *   left     what may be done; while calls are held, why and who is inside; a card a stage; the desks; the day's tallies
 *   right    what needs somebody now, then who is set aside and who left too early
 */
import { Problem } from "./api.mjs";
import { drawAlerts, drawAlertTimes } from "./board_alerts.mjs";
import { openDay } from "./board_day.mjs";
import { drawDesks, openDesks } from "./board_desks.mjs";
import { openDevices, refreshDevices } from "./board_devices.mjs";
import { openFind } from "./board_find.mjs";
import { drawHold, openHold, openRollCall, refreshRollCall } from "./board_hall.mjs";
import { drawPeople, drawTallies, peopleFrame } from "./board_lists.mjs";
import { learnNames } from "./board_names.mjs";
import { openRoster } from "./board_roster.mjs";
import { openStaff } from "./board_staff.mjs";
import { stageCards } from "./board_stages.mjs";
import { openTrust } from "./board_tls.mjs";
import { ServerClock } from "./clock.mjs";
import { el, fill, icon, say } from "./dom.mjs";
import { hearSession, learnSession, siteZone } from "./session.mjs";
import { drawSignedOn, prepareSignOn } from "./sign_on.mjs";
import { listenForTouch, soundReady } from "./sound.mjs";
import { STALE_MS, Stream } from "./stream.mjs";
import { language, languageChoice, loadWords, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Board} Board */
/** @typedef {import("./types.mjs").Alerts} Alerts */

const TICK_MS = 250;
/** Out of the building. */
const GONE = /** @type {const} */ (["completed", "deferred", "declined", "left", "left_early", "transferred"]);

const clock = new ServerClock();
/** @type {Board | null} */
let board = null;
/** @type {Alerts | null} */
let alerts = null;
/** Names of devices by id, also of those that are gone since. @type {Map<string, string>} */
const devices = new Map();
/** @type {Stream | null} */
let stream = null;
/** This browser is no board, or no longer. */
let refusedHere = false;
/** The language that the frame was drawn in. @type {string | null} */
let frameLanguage = null;

const time = { now: () => clock.now(), zone: siteZone };

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
		el("div", { id: "on-duty", class: "on-duty" }),
		el("span", { class: "grow" }), // what stands behind it does not move what is tapped before it
		el("button", { id: "sound", type: "button", class: "quiet" }),
		languageChoice(draw),
		el("span", { id: "live", class: "live", role: "status" }));
}

function frame() {
	fill(document.body,
		header(),
		el("main", { class: "left" },
			el("nav", { class: "tools", "aria-label": t("board.tools") },
				el("div", { class: "usual" },
					tool("find", t("find.title"), () => find()),
					tool("list", t("roster.title"), () => openRoster()),
					tool("roll", t("roll.title"), () => board && openRollCall(board)),
					tool("staff", t("staff.title"), () => openStaff(time)),
					tool("devices", t("devices.title"), () => openDevices(board), el("span", { id: "silent", class: "mark" })),
					tool("lock", t("trust.title"), () => void openTrust()),
					tool("day", t("day.title"), () => void openDay())),
				tool("hold", t("hold.title"), () => openHold())),
			el("section", { id: "hold", class: "hold", hidden: true }),
			el("section", { id: "stages", class: "stages", "aria-label": t("board.stages") }),
			el("section", { class: "card desks", "aria-labelledby": "desks-title" },
				el("div", { class: "card-head" },
					el("h2", { id: "desks-title" }, t("board.desks")),
					el("button", { type: "button", class: "quiet", onclick: () => openDesks() }, t("desks.change"))),
				el("div", { id: "desks", class: "desk-columns" })),
			el("div", { id: "tallies", class: "tallies", hidden: true })),
		el("aside", { class: "right", "aria-labelledby": "alerts-title" },
			el("h2", { id: "alerts-title" }, t("alerts.title"), " ", el("span", { id: "alerts-count", class: "num" })),
			el("ul", { id: "alerts", class: "alerts" }),
			peopleFrame("parked", t("board.parked"), t("board.parked_why")),
			peopleFrame("follow-up", t("board.follow_up"), t("board.follow_up_why"))),
		el("div", { id: "cry", class: "unseen", role: "alert" }));
	document.title = `${t("board.title")} · vaxline`;
	frameLanguage = language();
}

/** @param {string} [number] looked up at once */
const find = (number) => openFind(board?.site?.time_zone, number);

/**
 * @param {Parameters<typeof icon>[0]} picture
 * @param {string} word
 * @param {() => void} act
 * @param {...import("./dom.mjs").Child} more
 */
const tool = (picture, word, act, ...more) =>
	el("button", { type: "button", "data-tool": picture, onclick: act }, icon(picture), el("span", {}, word), ...more);

/** What is going on is seen without opening anything. @param {Board} b */
function drawTools(b) {
	const roll = document.querySelector('[data-tool="roll"] span');
	const { seen, in_it: all } = b.stages.observation;
	if (roll) say(roll, b.roll_call.on ? t("roll.on", { seen: seen ?? 0, all }) : t("roll.title"));
	document.querySelector('[data-tool="roll"]')?.classList.toggle("under-way", b.roll_call.on);
}

/** @param {Board} b */
function drawBoard(b) {
	const { totals } = b;
	for (const d of b.devices) devices.set(d.id, d.name);
	say(part("site"), b.site?.name?.[language()] ?? b.site?.id ?? "vaxline");
	part("site").title = part("site").textContent ?? "";
	const awaited = totals.arrived + totals.by_state.expected;
	say(part("arrived"), totals.arrived);
	say(part("awaited"), totals.by_state.expected > 0 ? ` / ${awaited}` : "");
	say(part("injected"), totals.injected);
	say(part("left"), GONE.reduce((sum, state) => sum + totals.by_state[state], 0));
	fill(part("stages"), ...stageCards(b));
	drawHold(part("hold"), b);
	drawTools(b);
	refreshRollCall(b);
	drawDesks(part("desks"), b.desks);
	drawPeople(part("parked"), b.parked, find);
	drawPeople(part("follow-up"), b.follow_up, find);
	drawTallies(part("tallies"), b, draw);
	refreshDevices(b);
	const silent = b.devices.filter((d) => d.silent).length;
	say(part("silent"), silent > 0 ? t("devices.silent_n", { count: silent }) : "");
}

function drawTime() {
	if (!clock.known()) return;
	const now = new Date(clock.now());
	/** @type {Intl.DateTimeFormatOptions} */
	const zone = board?.site ? { timeZone: board.site.time_zone } : {};
	say(part("time"), now.toLocaleTimeString("en-GB", zone));
	say(part("date"), now.toLocaleDateString(language(), { ...zone, month: "long", day: "numeric", weekday: "short" }));
	part("date").title = part("date").textContent ?? "";
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
	button.title = t(ready ? "board.sound_on" : "board.sound_off");
	fill(button, icon(ready ? "sound_on" : "sound_off"), el("span", {}, t(ready ? "board.sound_on" : "board.sound_off")));
}

function tick() {
	if (refusedHere) return;
	drawTime();
	drawLive();
	drawSound();
	drawAlertTimes(part("alerts"), clock.now());
}

/** Draws all that is known, the frame too where the language has changed. */
function draw() {
	if (refusedHere) return drawRefused();
	if (frameLanguage !== language()) frame();
	drawSignedOn(part("on-duty"));
	if (board) drawBoard(board);
	if (alerts) drawAlerts(alerts.alerts, { devices, gone: board?.follow_up.map((f) => f.number) ?? [] }, clock.now());
	tick();
}

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

/** @param {string} view @param {any} data */
function show(view, data) {
	clock.hear(data.at, view === "beat");
	if (hearSession(view, data)) return;
	if (view === "board") board = data;
	if (view === "alerts") alerts = data;
	if (view !== "beat") draw();
}

function refused() {
	stream = null;
	refusedHere = true;
	draw();
}

/** The stream tells who is signed on here too, once it is known which device this is. */
async function listen() {
	try {
		const session = await learnSession(draw);
		stream = new Stream(["board", "alerts", session], show, refused);
		void learnNames(draw);
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		refused();
	}
}

await loadWords();
prepareSignOn(time, { bare: true });
listenForTouch(drawSound);
draw();
setInterval(tick, TICK_MS);
await listen();
