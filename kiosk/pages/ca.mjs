/**
 * /ca: how a device comes to trust this site. It is read where nothing is trusted yet: so the one thing to do by eye comes
 * first, comparing the fingerprint with the board's.
 */
import { insist, Problem } from "./api.mjs";
import { el, fill, icon } from "./dom.mjs";
import { fingerprint } from "./fingerprint.mjs";
import { languageChoice, loadWords, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Authority} Authority */
/** @typedef {"android" | "ios" | "windows" | "linux"} System */

/** @type {System[]} */
const SYSTEMS = ["android", "ios", "windows", "linux"];
const STEPS = [1, 2, 3, 4];
const FILE = "/ca.crt";
/** What is typed in a step. @type {Record<string, string>} */
const TYPED = {
	windows_1: "certutil -hashfile %USERPROFILE%\\Downloads\\vaxline-ca.crt SHA256",
	linux_1: "sha256sum ~/Downloads/vaxline-ca.crt",
	linux_2: "sudo apt install libnss3-tools && mkdir -p ~/.pki/nssdb",
	linux_3: "certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n vaxline -i ~/Downloads/vaxline-ca.crt",
};

/** @type {Authority | null | undefined} undefined: not known yet */
let authority;
/** @type {Problem | null} */
let problem = null;

/** @returns {System} */
function ownSystem() {
	const { userAgent, maxTouchPoints } = navigator;
	if (/iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return "ios";
	if (/Android|HarmonyOS/.test(userAgent)) return "android";
	if (/Windows/.test(userAgent)) return "windows";
	return /Linux|CrOS|X11/.test(userAgent) ? "linux" : "android";
}

/** Wrapped between its words alone, as far as they fit: a hyphen is part of one. @param {string} text */
const typedText = (text) => el("code", { translate: "no" },
	...text.split(" ").flatMap((word, i) => [i ? " " : "", el("span", {}, word)]));

/** @param {System} system @param {Authority} ca @param {boolean} open */
const steps = (system, ca, open) => el("details", { "data-system": system, open },
	el("summary", {}, t(`ca.${system}`)),
	el("ol", {}, ...STEPS.map((n) => {
		const typed = TYPED[`${system}_${n}`];
		return el("li", {}, t(`ca.${system}_${n}`, { name: ca.name }), typed ? typedText(typed) : null);
	})));

/** @param {Authority} ca */
function guide(ca) {
	const own = ownSystem();
	return el("div", {},
		el("h1", {}, t("ca.title")),
		el("p", { class: "lead" }, t("ca.lead")),
		el("section", { class: "compare", "aria-labelledby": "compare" },
			el("h2", { id: "compare" }, t("ca.compare")),
			fingerprint(ca.fingerprint),
			el("p", { class: "soft" }, t("ca.compare_hint"))),
		el("a", { id: "download", class: "button primary", href: FILE, download: "vaxline-ca.crt" }, t("ca.download")),
		el("p", { class: "soft names" }, t("ca.names", { names: ca.names.join(", ") })),
		el("h2", {}, t("ca.steps")),
		...[own, ...SYSTEMS.filter((system) => system !== own)].map((system, i) => steps(system, ca, i === 0)),
		el("h2", {}, t("ca.try")),
		el("p", { class: "try" }, el("a", { id: "try", class: "button", href: ca.try_url }, icon("arrow"), ca.try_url)),
		el("p", { class: "soft" }, t("ca.try_hint")));
}

const none = () => el("div", {},
	el("h1", { id: "none" }, t("ca.none")),
	el("p", { class: "lead" }, t("ca.none_hint")));

function content() {
	if (problem) return el("p", { class: "error", role: "alert" }, icon("lost"), problem.text());
	if (authority === undefined) return el("p", { class: "soft" }, t("board.wait"));
	return authority ? guide(authority) : none();
}

function draw() {
	document.title = `${t("ca.title")} · vaxline`;
	fill(document.body,
		el("header", { class: "bar" }, el("b", {}, "vaxline"), el("span", { class: "grow" }), languageChoice(draw)),
		el("main", {}, el("div", { class: "card" }, content())));
}

await loadWords();
draw();
try {
	authority = (await insist("GET", "/api/ca")).ca;
} catch (failure) {
	if (!(failure instanceof Problem)) throw failure;
	problem = failure;
}
draw();
