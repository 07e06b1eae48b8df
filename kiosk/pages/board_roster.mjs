/**
 * A roster: chosen, checked, loaded. The file is read once without effect, so that what is wrong stands on the screen, line
 * by line, before anything counts; then the whole file is loaded, or the rows that are right.
 */
import { Problem, uuid } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon } from "./dom.mjs";
import { hasText, t } from "./words.mjs";

/** @typedef {import("./types.mjs").RosterReport} RosterReport */
/** @typedef {import("./types.mjs").RosterProblem} RosterProblem */

const FILE_MAX_BYTES = 8 * 1024 * 1024;
const SHOWN_MAX = 200;
const RETRY_MS = 1000;

/**
 * Sends the file; how far it has got goes to `progress` (0 to 1). A report comes also with a refusal for rows in error.
 * @param {File} file
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
	for (;;) {
		try {
			return await send(file, query, progress);
		} catch (problem) {
			if (!(problem instanceof Problem) || (problem.status !== 0 && problem.status !== 503)) throw problem;
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

/** @param {RosterReport} r @param {string} key */
const report = (r, key) => el("div", {},
	el("p", { class: "lead" }, t(key, { accepted: r.accepted, duplicates: r.duplicates })),
	r.unknown_columns.length > 0 && el("p", { class: "soft" }, t("roster.unknown_columns", { columns: r.unknown_columns.join(", ") })),
	problemTable(t("roster.errors"), r.rejected, r.rejected_more ?? 0, "stop"),
	problemTable(t("roster.warnings"), r.warnings, r.warnings_more ?? 0, "look"));

export function openRoster() {
	const input = el("input", { id: "roster-file", type: "file", accept: ".csv,text/csv" });
	const bar = el("progress", { max: 1, value: 0, "aria-label": t("roster.progress") });
	const word = el("p", { class: "soft", role: "status" });
	const place = el("div", { class: "roster-report" });
	bar.hidden = true;
	const busy = (/** @type {string} */ key) => {
		bar.hidden = false;
		bar.value = 0;
		fill(word, t(key));
	};
	const idle = () => {
		bar.hidden = true;
		fill(word);
	};
	const progress = (/** @type {number} */ part) => {
		if (part < 1) bar.value = part;
		else bar.removeAttribute("value"); // sent; the server works on it
	};
	const wrong = (/** @type {unknown} */ problem) => {
		if (!(problem instanceof Problem)) throw problem;
		const text = problem.code === "bad_roster" ? `${t("code.bad_roster")} ${problem.message}` : problem.text();
		fill(place, el("p", { class: "error", role: "alert" }, icon("lost"), text));
	};
	const load = (/** @type {File} */ file, /** @type {boolean} */ partial) => {
		const id = uuid();
		return async () => {
			busy("roster.loading");
			try {
				fill(place, report(await insist(file, `id=${id}${partial ? "&partial=1" : ""}`, progress), "roster.loaded"));
				input.value = "";
			} catch (problem) {
				wrong(problem);
			} finally {
				idle();
			}
		};
	};
	const check = async () => {
		const file = input.files?.[0];
		if (!file) return;
		if (file.size > FILE_MAX_BYTES) return fill(place, el("p", { class: "error", role: "alert" }, icon("lost"), t("roster.too_large")));
		busy("roster.checking");
		try {
			const r = await send(file, `id=${uuid()}&dry_run=1`, progress);
			const bad = r.rejected.length > 0;
			fill(place, report(r, "roster.checked"),
				r.accepted > 0 && button(t(bad ? "roster.load_rest" : "roster.load", { accepted: r.accepted }), load(file, bad),
					{ class: bad ? "" : "primary" }),
				bad && el("p", { class: "soft" }, t("roster.mend")));
		} catch (problem) {
			wrong(problem);
		} finally {
			idle();
		}
	};
	input.addEventListener("change", () => void check());
	dialog(t("roster.title"), el("p", { class: "soft" }, t("roster.what")),
		el("div", { class: "field" }, el("label", { for: input.id }, t("roster.file")), input), bar, word, place);
}
