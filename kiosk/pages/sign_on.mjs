/**
 * Signing on: a badge, then a PIN where the server asks for one.
 *
 *   badge --200--> signed on
 *     |  `--pin_required--> PIN --200--> signed on
 *     |                      |
 *     `--- refused, wait ----'    told where it happened, to be tried again
 *
 * The page that uses it calls prepareSignOn once. Then a badge scanned anywhere opens the dialog, and an act that is refused
 * for want of somebody opens it too and goes on under the same id.
 */
import { Problem, request, whenUnfit } from "./api.mjs";
import { BADGE_LENGTH, listenForBadge, readBadge } from "./badge.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon } from "./dom.mjs";
import { dateOf, expiredRoles, roleNames, whyUnfit } from "./duty.mjs";
import { pinPad } from "./pin_pad.mjs";
import { setSession, signedOn, siteZone } from "./session.mjs";
import { hour, language, span, t } from "./words.mjs";

const TICK_MS = 250;
const TOLD_MS = 8000;

/** @typedef {import("./types.mjs").Session} Session */

/** The server's time, as the page knows it. @type {{now: () => number}} */
let page = { now: () => 0 };
/** The open dialog. @type {SignOn | null} */
let open = null;

/** Says on the page what has happened, for a while. @param {string} text */
function tell(text, more = "") {
	const node = el("div", { class: more ? "toast look" : "toast", role: "status" });
	document.body.append(node);
	fill(node, icon(more ? "lost" : "check"), el("div", {}, el("p", {}, text), more && el("p", {}, more)));
	setTimeout(() => node.remove(), TOLD_MS);
}

/** What of theirs has expired, in words. @param {Session["staff"]} who */
function expiredWords(who) {
	const roles = expiredRoles(who, dateOf(page.now(), siteZone()));
	return roles.length > 0 ? t("sign_on.expired", { roles: roleNames(roles).join(", ") }) : "";
}

/** @param {import("./types.mjs").Somebody | null} previous whom somebody else has followed */
function tellSignedOn(previous) {
	const now = signedOn()?.staff;
	if (!now) return;
	const words = previous ? t("sign_on.taken_over", { name: now.name, other: previous.name }) : t("sign_on.done", { name: now.name });
	tell(words, expiredWords(now));
}

/** What the answer says, in words; the wait is told by itself. @param {Problem} problem */
function wrongWords(problem) {
	return problem.code === "invalid" ? t("sign_on.not_whole", { length: BADGE_LENGTH }) : problem.text();
}

/**
 * A line that counts down, by the server's clock.
 * @param {HTMLElement} place
 */
function waitLine(place) {
	let until = 0;
	/** @type {ReturnType<typeof setInterval> | undefined} */
	let ticking;
	const stop = () => {
		clearInterval(ticking);
		until = 0;
		fill(place);
	};
	return {
		stop,
		/** @param {number} seconds @param {() => void} over */
		start(seconds, over) {
			stop();
			until = page.now() + seconds * 1000;
			const left = el("b", { class: "num", "aria-live": "off" });
			const draw = () => {
				const ms = until - page.now();
				if (ms > 0) return fill(left, span(ms + 999));
				stop();
				return over();
			};
			fill(place, el("div", { class: "notice stop", role: "alert" }, icon("clock"),
				el("div", {}, el("b", {}, t("sign_on.too_many")), el("p", {}, t("sign_on.wait"), " ", left))));
			ticking = setInterval(draw, TICK_MS);
			draw();
		},
	};
}

/** Who would be signed off. */
function takeOver() {
	const now = signedOn();
	return now && el("p", { class: "soft take-over" }, icon("staff"), " ",
		t("sign_on.take_over", { name: now.staff.name, time: hour(now.since, siteZone()) }));
}

/** @param {(text: string) => void} enter */
function badgeStep(enter) {
	const input = el("input", {
		id: "sign-on-badge", class: "code", autocomplete: "off", autocapitalize: "characters", autocorrect: "off", spellcheck: "false",
		maxlength: 80, "aria-describedby": "sign-on-hint",
	});
	const wrong = el("p", { class: "error", role: "alert" });
	const go = el("button", { type: "submit", class: "primary" }, t("sign_on.go"));
	const form = el("form", { novalidate: true, onsubmit: (/** @type {Event} */ event) => {
		event.preventDefault();
		enter(input.value);
	} },
		el("div", { class: "field" }, el("label", { for: input.id }, t("sign_on.badge")),
			el("p", { class: "hint", id: "sign-on-hint" }, t("sign_on.badge_hint")), wrong, input), go);
	return { node: form, input, wrong, go };
}

class SignOn {
	/** Of the badge step's answer, while a PIN is awaited. */
	#badge = "";
	#busy = false;
	#signed = false;
	#step = el("div", { class: "sign-on-step" });
	#told = el("p", { class: "error", role: "alert" });
	#waiting = el("div");
	#wait = waitLine(this.#waiting);
	#first = badgeStep((text) => void this.take(text));
	#pad = pinPad((pin) => void this.#send(pin));
	#second = el("div", { class: "pin" }, el("h3", {}, t("sign_on.pin")), this.#told, this.#pad.node,
		el("button", { type: "button", class: "quiet", onclick: () => this.#showBadge() }, icon("badge"), t("sign_on.other_badge")));
	#node;

	/** @param {string | undefined} why a sentence on top */
	constructor(why) {
		this.#node = dialog(t("sign_on.title"),
			why && el("div", { class: "notice look" }, icon("lost"), el("p", {}, why)), takeOver(), this.#waiting, this.#step);
		this.#node.classList.add("sign-on");
		this.#node.addEventListener("keydown", (event) => {
			if (this.#second.isConnected && this.#pad.key(event)) event.preventDefault();
		});
		/** Whether somebody has signed on. @type {Promise<boolean>} */
		this.done = new Promise((resolve) => this.#node.addEventListener("close", () => {
			this.#wait.stop();
			this.#pad.clear();
			resolve(this.#signed);
		}));
		this.#showBadge();
	}

	/** A badge as it was scanned or typed. @param {string} text */
	async take(text) {
		if (this.#busy) return;
		const badge = readBadge(text);
		this.#wait.stop();
		this.#showBadge(badge === null ? t("sign_on.not_whole", { length: BADGE_LENGTH }) : "");
		if (badge === null) return;
		this.#badge = badge;
		this.#first.input.value = text;
		await this.#send();
	}

	#showBadge(problem = "") {
		this.#pad.clear();
		this.#first.input.value = "";
		fill(this.#first.wrong, problem && icon("lost"), problem);
		fill(this.#step, this.#first.node);
		this.#first.input.focus();
	}

	#showPin(problem = "") {
		fill(this.#told, problem && icon("lost"), problem);
		if (!this.#second.isConnected) fill(this.#step, this.#second);
		this.#pad.node.focus();
	}

	/** @param {string} [pin] */
	async #send(pin) {
		if (this.#busy) return;
		this.#setBusy(true);
		try {
			const answer = await request("POST", "/api/session", { badge: this.#badge, ...(pin === undefined ? {} : { pin }) });
			this.#signed = true;
			setSession(answer.session);
			tellSignedOn(answer.previous);
			this.#node.close();
		} catch (problem) {
			if (!(problem instanceof Problem)) throw problem;
			this.#setBusy(false);
			this.#refused(problem, pin !== undefined);
		}
	}

	/** @param {boolean} on */
	#setBusy(on) {
		this.#busy = on;
		this.#pad.allow(!on);
		this.#first.go.setAttribute("aria-busy", String(on));
		fill(this.#first.go, t(on ? "sign_on.checking" : "sign_on.go"));
	}

	/** @param {Problem} problem @param {boolean} withPin */
	#refused(problem, withPin) {
		const show = (/** @type {string} */ words) => (withPin ? this.#showPin(words) : this.#showBadge(words));
		const seconds = Number(problem.body["retry_after"]);
		if (problem.code === "pin_required") return this.#showPin();
		if (problem.status !== 429 || !(seconds > 0)) return show(wrongWords(problem));
		show("");
		this.#pad.allow(false);
		return this.#wait.start(seconds, () => this.#pad.allow(!this.#busy));
	}
}

/**
 * Opens the dialog; with a badge that was scanned already, goes on with that.
 * @param {{why?: string, badge?: string}} [how] why: a sentence on top
 * @returns {Promise<boolean>} whether somebody has signed on
 */
export function openSignOn({ why, badge } = {}) {
	if (!open) {
		open = new SignOn(why);
		void open.done.then(() => {
			open = null;
		});
	}
	if (badge !== undefined) void open.take(badge);
	return open.done;
}

/** By one tap; where nobody is signed on, nothing happens. */
export async function signOff() {
	const name = signedOn()?.staff.name;
	await request("DELETE", "/api/session");
	setSession(null);
	if (name) tell(t("sign_on.signed_off", { name }));
}

/** Until when: the end of the shift, or else of a while without use. @param {Session} session */
function untilWords({ ends_at: end, idle_ends_at: idle }) {
	return end ? t("sign_on.until", { time: hour(end, siteZone()) }) : t("sign_on.until_idle", { time: hour(idle, siteZone()) });
}

/** @param {boolean} on somebody is signed on */
const signedOnParts = (on) => [
	icon("staff"), el("span", { class: "who" }),
	on ? button(t("sign_on.off"), signOff, { class: "quiet" })
		: el("button", { type: "button", onclick: () => void openSignOn() }, t("sign_on.title")),
];

/** @param {Session["staff"]} who @param {string} until */
function whoParts(who, until) {
	const expired = expiredWords(who);
	return [
		el("b", {}, who.name),
		expired ? el("span", { class: "mark" }, icon("lost"), expired) : el("span", { class: "soft num" }, until),
	];
}

/**
 * Who is signed on at this device, and the button that changes it, which stays the same while that does not.
 * @param {HTMLElement} node
 */
export function drawSignedOn(node) {
	const now = signedOn();
	const kind = `${now !== null} ${language()}`;
	if (node.dataset["drawn"] !== kind) {
		const focused = node.contains(document.activeElement);
		node.dataset["drawn"] = kind;
		fill(node, ...signedOnParts(now !== null));
		if (focused) node.querySelector("button")?.focus();
	}
	const who = node.querySelector(".who");
	const until = now ? untilWords(now) : "";
	if (!who) return;
	fill(who, ...(now ? whoParts(now.staff, until) : [el("span", { class: "soft" }, t("sign_on.nobody"))]));
	node.title = now ? [now.staff.name, roleNames(now.staff.roles).join(", "),
		t("sign_on.since", { time: hour(now.since, siteZone()) }), until, expiredWords(now.staff)].filter(Boolean).join(" · ") : "";
}

/**
 * @param {typeof page} knows
 * @param {{bare?: boolean}} [how] bare: see listenForBadge
 */
export function prepareSignOn(knows, { bare = false } = {}) {
	page = knows;
	listenForBadge((badge) => void openSignOn({ badge }), bare);
	whenUnfit(async (problem, path) => {
		problem.words = whyUnfit(problem, path);
		return openSignOn({ why: problem.text() });
	});
}
