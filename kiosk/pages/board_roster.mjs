/**
 * A roster: chosen, checked, loaded. The file is read once without effect, so that what is wrong stands on the screen, line
 * by line, before anything counts; then the whole file is loaded, or the rows that are right.
 */
import { Problem, uuid } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon } from "./dom.mjs";
import { hasText, language, t } from "./words.mjs";

/** @typedef {import("./types.mjs").RosterReport} RosterReport */
/** @typedef {import("./types.mjs").RosterProblem} RosterProblem */

const FILE_MAX_BYTES = 8 * 1024 * 1024;
const SHOWN_MAX = 200;
const RETRY_MS = 1000;
const GIVE_UP_MS = 60_000;

/**
 * Sends the bytes; how far they have got goes to `progress` (0 to 1). A report comes also with a refusal for rows in error.
 * @param {ArrayBuffer} file
 * @param {string} query
 * @param {(part: number) => void} progress
 * @returns {Promise<RosterReport>}
 */
function send(file, query, progress) {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open("POST", `/api/roster?${query}`);
		request.setRequestHeader("content-type", "text/csv");
		request.upload.addEventListener("progress", (event) => progress(event.loaded / Math.max(1, event.total)));
		request.addEventListener("error", () => reject(new Problem(0, {})));
		request.addEventListener("load", () => {
			let body;
			try {
				body = JSON.parse(request.responseText);
			} catch {
				body = { detail: request.responseText.slice(0, 200) };
			}
			if (request.status === 200 || body.rejected) resolve(body);
			else reject(new Problem(request.status, body));
		});
		request.send(file);
	});
}

/** The same under one id until there is an answer: it is loaded once. @type {typeof send} */
async function insist(file, query, progress) {
	const start = performance.now();
	for (;;) {
		try {
			return await send(file, query, progress);
		} catch (problem) {
			if (!(problem instanceof Problem) || (problem.status !== 0 && problem.status !== 503)) throw problem;
			if (performance.now() - start > GIVE_UP_MS) throw problem;
			await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
		}
	}
}

/** @param {RosterProblem} p */
const problemText = (p) => (p.code && hasText(`roster.problem.${p.code}`) ? t(`roster.problem.${p.code}`) : p.problem);

/** @param {string} title @param {RosterProblem[]} problems @param {number} more @param {string} tone */
function problemTable(title, problems, more, tone) {
	if (problems.length === 0) return null;
	const hidden = more + Math.max(0, problems.length - SHOWN_MAX);
	return el("section", { class: `problems ${tone}` },
		el("h3", {}, icon("lost"), " ", title, " ", el("span", { class: "num" }, problems.length + more)),
		el("table", { class: "list" },
			el("thead", {}, el("tr", {}, ...["roster.line", "roster.column", "roster.problem"].map((k) => el("th", { scope: "col" }, t(k))))),
			el("tbody", {}, ...problems.slice(0, SHOWN_MAX).map((p) => el("tr", {},
				el("th", { scope: "row", class: "num" }, p.line),
				el("td", {}, p.column ? t(`roster.column.${p.column}`) : t("roster.row")), el("td", {}, problemText(p)))))),
		hidden > 0 && el("p", { class: "soft" }, t("roster.more", { count: hidden })));
}

/** "2026-11-22" as people say it; no roster reaches further than a year. @param {string} date */
const dayText = (date) => new Date(`${date}T00:00:00Z`)
	.toLocaleDateString(language() === "en" ? "en-GB" : language(), { timeZone: "UTC", day: "numeric", month: "short" });

/** For which days it is: a file for the wrong one is seen before it is loaded. @param {RosterReport} r */
const dayList = (r) => el("ul", { class: "roster-days" },
	...Object.entries(r.days).map(([date, count]) => el("li", {}, t("roster.day", { day: dayText(date), count }))));

/** @param {RosterReport} r @param {string} key @param {...import("./dom.mjs").Child} acts what may be done, above the long tables */
const report = (r, key, ...acts) => el("div", {},
	el("p", { class: "lead", role: "status" }, t(key, { accepted: r.accepted, duplicates: r.duplicates })),
	dayList(r),
	r.unknown_columns.length > 0 && el("p", { class: "soft" }, t("roster.unknown_columns", { columns: r.unknown_columns.join(", ") })),
	el("div", { class: "acts" }, ...acts),
	problemTable(t("roster.errors"), r.rejected, r.rejected_more ?? 0, "stop"),
	problemTable(t("roster.warnings"), r.warnings, r.warnings_more ?? 0, "look"));

/** How far it has got: what is sent, then that the server works on it. */
function progressBar() {
	const bar = el("progress", { max: 1, value: 0, "aria-label": t("roster.progress"), hidden: true });
	const word = el("p", { class: "soft", role: "status" });
	return {
		nodes: [bar, word],
		/** @param {string} key */
		busy(key) {
			bar.hidden = false;
			bar.value = 0;
			fill(word, t(key));
		},
		idle() {
			bar.hidden = true;
			fill(word);
		},
		/** @param {number} part */
		sent(part) {
			if (part < 1) bar.value = part;
			else bar.removeAttribute("value");
		},
	};
}

/** @param {unknown} problem */
function wrong(problem) {
	if (problem instanceof DOMException) return el("p", { class: "error", role: "alert" }, icon("lost"), t("roster.unreadable"));
	if (!(problem instanceof Problem)) throw problem;
	return el("div", { class: "error-place" }, el("p", { class: "error", role: "alert" }, icon("lost"), problem.text()),
		problem.code === "bad_roster" && el("p", { class: "soft", lang: "en" }, problem.message));
}

export function openRoster() {
	const input = el("input", { id: "roster-file", type: "file", accept: ".csv,text/csv" });
	const bar = progressBar();
	const place = el("div", { class: "roster-report" });
	/** @param {string} key @param {() => Promise<HTMLElement>} work */
	const during = async (key, work) => {
		input.disabled = true;
		bar.busy(key);
		try {
			fill(place, await work());
		} catch (problem) {
			fill(place, wrong(problem));
		} finally {
			input.disabled = false;
			bar.idle();
		}
	};
	const load = (/** @type {ArrayBuffer} */ file, /** @type {boolean} */ partial) => {
		const query = `id=${uuid()}${partial ? "&partial=1" : ""}`;
		return () => during("roster.loading", async () => {
			const r = await insist(file, query, bar.sent);
			input.value = "";
			return report(r, "roster.loaded");
		});
	};
	/** The bytes that were checked are the bytes that are loaded, whatever becomes of the file. @param {File} chosen */
	const check = async (chosen) => {
		const file = await chosen.arrayBuffer();
		const r = await send(file, `id=${uuid()}&dry_run=1`, bar.sent);
		const bad = r.rejected.length > 0;
		return report(r, "roster.checked",
			r.accepted > 0 && button(t(bad ? "roster.load_rest" : "roster.load", { accepted: r.accepted }), load(file, bad),
				{ class: bad ? "" : "primary" }),
			bad && el("p", { class: "soft" }, t(r.accepted > 0 ? "roster.mend" : "roster.mend_all")));
	};
	input.addEventListener("change", () => {
		const file = input.files?.[0];
		if (!file) return;
		if (file.size > FILE_MAX_BYTES) fill(place, el("p", { class: "error", role: "alert" }, icon("lost"), t("roster.too_large")));
		else void during("roster.checking", () => check(file));
	});
	dialog(t("roster.title"), el("p", { class: "soft" }, t("roster.what")),
		el("div", { class: "field" }, el("label", { for: input.id }, t("roster.file")), input), ...bar.nodes, place);
}
