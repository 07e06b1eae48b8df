/**
 * /badges: the cards of the staff, to be printed and cut out. Whoever has a badge may sign on with it, so they are shown to a
 * supervisor who is signed on at this board, and only for so long.
 */
import { bySomebody, Problem, request } from "./api.mjs";
import { ofRole, roleChoice } from "./board_staff.mjs";
import { ServerClock } from "./clock.mjs";
import { el, fill, icon, say } from "./dom.mjs";
import { hasRole, hearSession, learnSession } from "./session.mjs";
import { drawSignedOn, prepareSignOn } from "./sign_on.mjs";
import { Stream } from "./stream.mjs";
import { inEach, languageChoice, loadWords, t } from "./words.mjs";

/** @typedef {import("./types.mjs").StaffMember} StaffMember */

const PER_PAPER = 8;
const PATH = "/api/staff?badges=1";
/** Sizes of its letters that the sheet knows, from 0 down. */
const FIT_LAST = 5;

const clock = new ServerClock();
/** @type {StaffMember[]} */
let staff = [];
/** Ids of those left out. @type {Set<string>} */
const leftOut = new Set();
/** The role that is chosen; "": all. */
let role = "";
/** @type {Problem | null} */
let problem = null;
let asking = false;

/** @param {StaffMember} m */
const card = (m) => el("article", { class: "badge-card", "data-member": m.id },
	el("div", { class: "text" }, el("p", { class: "name" }, m.name),
		el("ul", { class: "roles" }, ...m.roles.map((r) => el("li", {},
			...inEach(`role.${r}`).map(([lang, word]) => el("span", { lang }, word)))))),
	el("img", { src: `/api/badges/${m.badge}.svg`, alt: t("badges.qr", { name: m.name }) }),
	el("p", { class: "id" }, m.id));

/** Smaller letters, until the name and the roles have room. @param {HTMLElement} node */
function fit(node) {
	const text = node.querySelector(".text");
	for (let size = 1; text && size <= FIT_LAST; size++) {
		if (text.scrollHeight <= text.clientHeight && text.scrollWidth <= text.clientWidth) return;
		node.dataset["fit"] = String(size);
	}
}

function drawPapers() {
	const chosen = ofRole(staff, role).filter((m) => !leftOut.has(m.id));
	const papers = Array.from({ length: Math.ceil(chosen.length / PER_PAPER) }, (_, i) => chosen.slice(i * PER_PAPER, (i + 1) * PER_PAPER));
	fill(part(".papers"), ...papers.map((some) => el("section", { class: "paper" }, ...some.map(card))));
	for (const node of document.querySelectorAll(".badge-card")) if (node instanceof HTMLElement) fit(node);
	say(part("#count"), t("badges.count", { count: chosen.length, papers: papers.length }));
	part("#print").setAttribute("aria-disabled", String(chosen.length === 0));
}

/** @param {StaffMember} m */
const choice = (m) => el("li", {}, el("label", {},
	el("input", {
		type: "checkbox", checked: !leftOut.has(m.id), "data-choice": m.id,
		onchange: (event) => {
			if (/** @type {HTMLInputElement} */ (event.target).checked) leftOut.delete(m.id);
			else leftOut.add(m.id);
			drawPapers();
		},
	}), el("span", {}, m.name, " ", el("span", { class: "soft num" }, m.id))));

function drawChoices() {
	fill(part(".choose ul"), ...ofRole(staff, role).map(choice));
	drawPapers();
}

/** @param {boolean} all */
function choose(all) {
	for (const m of ofRole(staff, role)) {
		if (all) leftOut.delete(m.id);
		else leftOut.add(m.id);
	}
	drawChoices();
}

/** Only once each code is there to be printed. */
async function print() {
	const images = [...document.querySelectorAll(".papers img")].flatMap((i) => (i instanceof HTMLImageElement ? [i] : []));
	if (images.length === 0) return;
	const whole = await Promise.all(images.map((i) => i.decode().then(() => true, () => false)));
	if (whole.every(Boolean)) return window.print();
	fill(part("#wrong"), icon("lost"), t("badges.no_code"));
}

/** @param {string} selector */
const part = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

/** @param {string} name @param {() => void} act */
const plain = (name, act) => el("button", { type: "button", onclick: act }, t(name));

const sheet = () => [
	el("div", { class: "acts" }, el("h1", {}, t("badges.title")), el("span", { id: "count", class: "soft", role: "status" }), el("span", { class: "grow" }),
		el("button", { id: "print", type: "button", class: "primary", onclick: () => void print() }, icon("print"), t("badges.print")),
		el("p", { id: "wrong", class: "error", role: "alert" })),
	el("div", { class: "choose card" },
		roleChoice(role, (chosen) => {
			role = chosen;
			drawChoices();
		}),
		el("div", { class: "pick" }, plain("badges.all", () => choose(true)), plain("badges.none", () => choose(false))),
		el("ul", {})),
	el("div", { class: "papers", tabindex: 0, role: "region", "aria-label": t("badges.title") }),
];

const closed = () => [
	el("div", { class: "acts" }, el("h1", {}, t("badges.title"))),
	el("div", { class: "card closed" }, problem && el("p", { class: "error", role: "alert" }, icon("lost"), problem.text()),
		el("p", {}, t("badges.closed")), plain("badges.again", () => void ask())),
];

function draw() {
	document.title = `${t("badges.title")} · vaxline`;
	const open = staff.length > 0;
	fill(document.body,
		el("header", { class: "bar" }, el("a", { class: "button", href: "/board" }, icon("back"), t("badges.back")),
			el("span", { class: "grow" }), el("div", { id: "on-duty", class: "on-duty" }), languageChoice(draw)),
		el("main", {}, ...(open ? sheet() : closed())));
	drawSignedOn(part("#on-duty"));
	if (open) drawChoices();
}

const mayBeShown = () => hasRole(["supervisor"]);

/** Asks for the codes; the page has a supervisor sign on where it takes one. */
async function ask() {
	if (asking) return;
	asking = true;
	try {
		problem = null;
		const answer = await bySomebody(PATH, () => request("GET", PATH));
		staff = mayBeShown() ? answer.staff : []; // whoever asked may have gone meanwhile
	} catch (refused) {
		if (!(refused instanceof Problem)) throw refused;
		problem = refused;
	} finally {
		asking = false;
	}
	draw();
}

/** Whoever may see the codes is gone: so are they. */
function sessionChanged() {
	if (!mayBeShown()) staff = [];
	draw();
}

await loadWords();
prepareSignOn({ now: () => clock.now() }, { bare: true });
draw();
try {
	const view = await learnSession(sessionChanged);
	new Stream([view], (name, data) => {
		clock.hear(data.at, name === "beat");
		hearSession(name, data);
	}, () => location.assign("/board"));
	await ask();
} catch (refused) {
	if (!(refused instanceof Problem)) throw refused;
	location.assign("/board"); // which says what this browser is not
}
