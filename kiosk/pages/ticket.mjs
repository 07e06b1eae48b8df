/**
 * /t/CODE: the ticket in somebody's hand. The stream brings where it is; the page adds nothing but the passing of time. It
 * holds a number and a state, no name.
 *
 *   header   language, live or how old the data are
 *   main     the number, where to be, and when; then how far along the way
 *   footer   "I feel unwell"
 */
import { ServerClock } from "./clock.mjs";
import { el, fill, icon, say } from "./dom.mjs";
import { STALE_MS, Stream } from "./stream.mjs";
import { Cry } from "./ticket_cry.mjs";
import { deskName, hour, language, languageChoice, loadWords, span, suggestLanguage, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Ticket} Ticket */
/** @typedef {import("./types.mjs").VisitState} VisitState */
/** @typedef {import("./dom.mjs").Child} Child */
/** @typedef {{tone: "plain" | "call" | "go" | "stop", headline: string, parts: Child[], steps?: boolean}} Scene */

const TICK_MS = 250;
const MINUTE_MS = 60_000;
/** The ring is full while this much is left, or more. */
const RING_MS = 30 * MINUTE_MS;
const CODE = /^[A-Z2-7]{24}$/;
const WAY = /** @type {const} */ (["registration", "consent", "injection", "observation"]);
const SVG = "http://www.w3.org/2000/svg";
const CALL_BUZZ_MS = [400, 200, 400];

/** A QR holds its address in capitals. */
const code = (location.pathname.split("/")[2] ?? "").toUpperCase();
const clock = new ServerClock();
/** @type {Ticket | null} */
let ticket = null;
/** What the server said against it; 0: nothing. */
let refusal = CODE.test(code) ? 0 : 401;
/** @type {Stream | null} */
let stream = null;
/** What was last drawn, so that what has not changed is left alone. */
let drawn = "";
/** @type {string | null} */
let frameLanguage = null;

/** The part of the frame with this id. @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Milliseconds of observation left by the server's clock. @param {Ticket} v */
const left = (v) => (v.due_at ? Date.parse(v.due_at) - clock.now() : 0);

function frame() {
	fill(document.body,
		el("header", { class: "bar" },
			languageChoice(draw), el("span", { class: "grow" }), el("span", { id: "live", class: "live", role: "status" })),
		el("main", { id: "ticket" }),
		el("footer", { id: "unwell" }),
		el("div", { id: "cry", class: "unseen", role: "alert" }));
	frameLanguage = language();
	drawn = "";
}

/* ---- what each state looks like ---- */

/** @param {string} number */
const numberLine = (number) => [
	el("p", { class: "label" }, t("ticket.number")),
	el("h1", { class: "num number" }, number)];

/** A headline with its icon, and what to know about it. @param {Parameters<typeof icon>[0]} picture */
const notice = (picture, /** @type {string} */ headline, /** @type {string} */ hint) => [
	icon(picture), el("p", { class: "headline" }, headline), el("p", { class: "hint" }, hint)];

/** @param {Ticket} v @returns {Scene} */
function queued(v) {
	const stage = t(`stage.${v.stage}`);
	const ahead = v.ahead ?? 0;
	const minutes = v.hold || v.expected_minutes === null ? 0 : Math.max(1, Math.round(v.expected_minutes));
	const where = v.admitted ? t("ticket.in_room", { stage }) : t("ticket.in_hall");
	return {
		tone: "plain", steps: true, headline: [t("ticket.waiting", { stage }), where, v.hold && t("ticket.held")].filter(Boolean).join(" "),
		parts: [
			...numberLine(v.number),
			el("p", { class: "headline" }, t("ticket.waiting", { stage })),
			ahead > 0
				? el("p", { class: "ahead" }, el("span", {}, t("ticket.ahead")), " ", el("b", { class: "num" }, ahead), " ",
					el("span", { class: "unit" }, t(`ticket.people_${ahead === 1 ? "one" : "more"}`)))
				: el("p", { class: "ahead next" }, t("ticket.next")),
			minutes > 0 && el("p", { class: "hint" }, t("ticket.minutes", { minutes })),
			v.hold && el("div", { class: "held" }, icon("hold"), el("div", {}, el("p", {}, t("ticket.held")), el("p", { class: "hint" }, t("ticket.held_hint")))),
			el("p", { class: "where" }, icon("arrow"), where),
			v.party > 1 && el("p", { class: "hint" }, t("ticket.party", { count: v.party })),
		],
	};
}

/** @param {Ticket} v @returns {Scene} */
function called(v) {
	const desk = deskName(v.desk ?? "");
	return {
		tone: "call", steps: true, headline: `${t("ticket.your_turn")} ${desk}`,
		parts: [
			el("p", { class: "label" }, t("ticket.your_turn")),
			el("h1", { class: "num number" }, v.number),
			icon("arrow"),
			el("p", { class: "label" }, t("ticket.go_now")),
			el("p", { class: "desk" }, desk),
			el("p", { class: "hint" }, t("ticket.bring")),
		],
	};
}

/** @param {Ticket} v @returns {Scene} */
function serving(v) {
	return {
		tone: "plain", steps: true, headline: t("ticket.at.serving"),
		parts: [
			...numberLine(v.number),
			el("p", { class: "headline" }, t("ticket.at.serving")),
			el("p", { class: "desk" }, deskName(v.desk ?? "")),
		],
	};
}

function ring() {
	const svg = document.createElementNS(SVG, "svg");
	svg.setAttribute("viewBox", "0 0 200 200");
	svg.setAttribute("aria-hidden", "true");
	for (const name of ["ring-all", "ring-left"]) {
		const circle = document.createElementNS(SVG, "circle");
		for (const [key, value] of Object.entries({ class: name, cx: 100, cy: 100, r: 86, pathLength: 100 }))
			circle.setAttribute(key, String(value));
		svg.append(circle);
	}
	return svg;
}

/** @param {Ticket} v @returns {Scene} */
function observing(v) {
	if (left(v) <= 0) {
		const headline = t("ticket.may_leave");
		return {
			tone: "go", steps: true, headline,
			parts: [...numberLine(v.number), ...notice("check", headline, t("ticket.scan_out"))],
		};
	}
	return {
		tone: "plain", steps: true, headline: t("state.observing"),
		parts: [
			el("h1", { class: "label" }, el("span", { class: "num" }, v.number), ` · ${t("state.observing")}`),
			el("div", { class: "ring" }, ring(), el("p", {}, el("b", { id: "left", class: "num" }), el("span", {}, t("ticket.to_stay")))),
			el("p", { class: "headline" }, t("ticket.leave_at", { time: hour(v.due_at ?? "", v.time_zone ?? undefined) })),
			el("p", { class: "hint" }, t("ticket.rest")),
		],
	};
}

/** Help is on its way; how far the cry has come stands below. @param {Ticket | null} v @returns {Scene} */
function unwell(v) {
	const state = cry.state === "quiet" ? "told" : cry.state;
	const headline = t("cry.coming");
	return {
		tone: "stop", headline: `${headline} ${t(`cry.${state}`)}`,
		parts: [
			...(v ? numberLine(v.number) : []),
			...notice("unwell", headline, t("cry.stay")),
			el("p", { id: "cry-state", "data-state": state }, icon(state === "told" ? "check" : state === "sending" ? "clock" : "lost"),
				t(`cry.${state}`)),
		],
	};
}

/** What needs no more than a headline. @type {Partial<Record<VisitState, Parameters<typeof icon>[0]>>} */
const PLAIN = {
	expected: "arrow", parked: "clock", injected: "arrow", left_early: "arrow", completed: "check", deferred: "clock",
	declined: "check", left: "check", transferred: "unwell", no_show: "clock",
};
const ON_THE_WAY = ["parked", "injected", "left_early", "completed"];

/** @param {Ticket} v @returns {Scene} */
function plain(v) {
	const headline = t(`ticket.at.${v.state}`);
	return {
		tone: v.state === "completed" ? "go" : "plain", steps: ON_THE_WAY.includes(v.state), headline,
		parts: [...numberLine(v.number), ...notice(PLAIN[v.state] ?? "clock", headline, t(`ticket.hint.${v.state}`))],
	};
}

/** Nobody has heard of it: no help is promised. @returns {Scene} */
function unheard() {
	const headline = t("cry.refused");
	const call = t("cry.call_out");
	return {
		tone: "stop", headline: `${headline} ${call}`,
		parts: [
			icon("lost"), el("p", { class: "headline" }, headline),
			el("p", { id: "cry-state", "data-state": cry.state }, icon("unwell"), call),
		],
	};
}

/** @returns {Scene} */
function unknown() {
	return {
		tone: "plain", headline: t("ticket.unknown"),
		parts: [icon("lost"), el("h1", { class: "headline" }, t("ticket.unknown")), el("p", { class: "hint" }, t("ticket.unknown_hint"))],
	};
}

/** @returns {Scene} */
function scene() {
	if (cry.state === "refused") return unheard();
	if (cry.state !== "quiet" || (ticket?.state === "unwell" && !refusal)) return unwell(refusal ? null : ticket);
	if (refusal) return unknown();
	if (!ticket) return { tone: "plain", headline: "", parts: [el("p", { class: "hint" }, t("board.wait"))] };
	switch (ticket.state) {
	case "queued": return queued(ticket);
	case "called": return called(ticket);
	case "serving": return serving(ticket);
	case "observing": return observing(ticket);
	default: return plain(ticket);
	}
}

/** The way through the site, with what is done. @param {Ticket} v */
function steps(v) {
	const here = v.state === "left_early" ? "observation" : v.stage;
	const at = v.state === "completed" ? WAY.length : WAY.findIndex((stage) => stage === here);
	return el("ol", { class: "steps", "aria-label": t("board.stages") }, ...WAY.map((stage, i) =>
		el("li", { class: i < at ? "done" : i === at ? "now" : undefined, "aria-current": i === at ? "step" : undefined },
			t(`stage.${stage}`), i < at && icon("check"), i < at && el("span", { class: "unseen" }, t("board.done")))));
}

/* ---- drawing ---- */

/** The button stays the same element through all drawing: a tap that has begun must end on it. */
const unwellButton = () =>
	el("button", { type: "button", class: "unwell", onclick: () => cry.call(ticket?.state === "observing" ? "observation" : undefined) },
		icon("unwell"), el("span", {}, t("cry.button"), " ", el("small", { lang: language() === "en" ? "zh-Hans" : "en" }, t("cry.button_other"))));

/** Where the code opens nothing a cry by it would be refused, so people are sent to people. */
function drawFooter() {
	const way = refusal === 401 || refusal === 403 ? "voice" : "button";
	const footer = part("unwell");
	if (footer.dataset["way"] === way) return;
	footer.dataset["way"] = way;
	fill(footer, way === "button" ? unwellButton() : el("p", {}, icon("unwell"), el("span", {}, t("cry.by_voice"))));
}

function drawLive() {
	const age = stream?.age() ?? null;
	const live = part("live");
	const state = refusal ? "" : age === null ? "wait" : age > STALE_MS ? "stale" : "live";
	if (live.dataset["state"] !== state) {
		live.dataset["state"] = state;
		fill(live, state && icon(state === "live" ? "live" : "lost"), state && el("span", {}));
	}
	const word = live.lastElementChild;
	if (!word || !state) return;
	say(word, state === "stale" ? t("board.stale", { seconds: Math.floor((age ?? 0) / 1000) }) : t(`board.${state}`));
}

function drawTime() {
	const clockFace = document.getElementById("left");
	if (!ticket || !clockFace) return;
	const ms = left(ticket);
	say(clockFace, span(Math.ceil(ms / 1000) * 1000));
	const share = Math.min(1, ms / RING_MS) * 100;
	document.querySelector(".ring-left")?.setAttribute("stroke-dasharray", `${share} ${100 - share}`);
}

/** All that is known, where it is not what stands there already. */
function draw() {
	if (ticket?.language) suggestLanguage(ticket.language);
	if (frameLanguage !== language()) frame();
	const what = JSON.stringify([{ ...ticket, at: 0, position: 0 }, refusal, cry.state, ticket && left(ticket) <= 0]);
	if (what !== drawn) {
		const s = scene();
		drawn = what;
		document.body.dataset["tone"] = s.tone;
		document.title = [ticket?.number, s.headline || t("ticket.title")].filter(Boolean).join(" · ");
		fill(part("ticket"), el("div", { class: "scene" }, ...s.parts), s.steps && ticket && steps(ticket));
		drawFooter();
		say(part("cry"), s.headline);
	}
	drawLive();
	drawTime();
}

/** @param {string} view @param {any} data */
function show(view, data) {
	clock.hear(data.at, view === "beat");
	if (view !== "beat") {
		const before = ticket?.state;
		ticket = /** @type {Ticket} */ (data);
		cry.hear(ticket.state);
		if (before && before !== "called" && ticket.state === "called") navigator.vibrate?.(CALL_BUZZ_MS);
	}
	draw();
}

/** @param {import("./api.mjs").Problem} problem */
function refused(problem) {
	refusal = problem.status;
	ticket = null;
	draw();
}

await loadWords();
const cry = new Cry(code, () => draw());
if (!refusal) stream = new Stream([`ticket:${code}`], show, refused);
draw();
cry.resume();
setInterval(draw, TICK_MS);
