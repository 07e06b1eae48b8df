/**
 * The staff of the site: who is there for what, how long their qualifications hold, and where they are signed on. Badges are
 * printed from here, by a supervisor.
 */
import { Problem, request } from "./api.mjs";
import { button, dialog } from "./dialog.mjs";
import { el, fill, icon, keyed, say } from "./dom.mjs";
import { dateOf, dateText, standing } from "./duty.mjs";
import { hasRole } from "./session.mjs";
import { openSignOn } from "./sign_on.mjs";
import { deskName, hour, language, t } from "./words.mjs";

/** @typedef {import("./types.mjs").StaffMember} StaffMember */
/** @typedef {import("./types.mjs").Role} Role */
/** @typedef {{now: () => number, zone: () => string | undefined}} Time of the server, and the site's zone */

/** While the list is open it is asked for again this often. */
const LIST_MS = 5000;
const ROLES = /** @type {const} */ (["registrar", "screener", "vaccinator", "observer", "guard", "clinician", "supervisor"]);

/** A role, with the last day of its qualification where it has one. @param {Role} role @param {StaffMember} m @param {string} today */
function roleLine(role, m, today) {
	const until = m.qualifications[role];
	const stands = until ? standing(until, today) : "good";
	return el("li", {}, t(`role.${role}`), until && el("span", { class: "soft" }, ` ${t("staff.until", { date: dateText(until) })}`),
		stands !== "good" && el("span", { class: `mark ${stands}` }, icon("lost"), t(`staff.${stands}`)));
}

/** Who lacks a PIN that is asked for stands out: they cannot sign on. @param {StaffMember} m */
const pinWords = (m) => (m.pin_asked && !m.pin ? el("span", { class: "mark" }, icon("lost"), t("staff.pin_missing"))
	: t(m.pin ? "staff.has_pin" : "staff.no_pin"));

/** @param {StaffMember["signed_on"][number]} on @param {string | undefined} zone */
const place = (on, zone) => el("li", {}, el("b", {}, on.name), " ",
	el("span", { class: "soft" }, [on.desk && deskName(on.desk), t("sign_on.since", { time: hour(on.since, zone) })].filter(Boolean).join(" · ")));

/**
 * @param {HTMLElement} tr
 * @param {StaffMember} m
 * @param {Time} time
 */
function updateRow(tr, m, time) {
	const today = dateOf(time.now(), time.zone());
	const drawn = JSON.stringify([m, today, language()]);
	if (tr.dataset["drawn"] === drawn) return;
	tr.dataset["drawn"] = drawn;
	fill(tr,
		el("th", { scope: "row" }, m.name, " ", el("span", { class: "soft num" }, m.id)),
		el("td", {}, el("ul", {}, ...m.roles.map((r) => roleLine(r, m, today)))),
		el("td", {}, pinWords(m)),
		el("td", {}, m.signed_on.length > 0 ? el("ul", {}, ...m.signed_on.map((on) => place(on, time.zone())))
			: el("span", { class: "soft" }, t("staff.nowhere"))));
}

const frame = () => el("table", { class: "list staff" },
	el("thead", {}, el("tr", {}, ...["staff.name", "staff.roles", "staff.pin", "staff.where"].map((k) => el("th", { scope: "col" }, t(k))))),
	el("tbody"));

/** Those signed on first, then by name. @param {StaffMember} a @param {StaffMember} b */
const order = (a, b) => Number(b.signed_on.length > 0) - Number(a.signed_on.length > 0) || a.name.localeCompare(b.name, language());

/** A choice of one role, or all. @param {string} chosen @param {(role: string) => void} change */
export function roleChoice(chosen, change) {
	const select = el("select", { id: "staff-role", onchange: () => change(select.value) }, el("option", { value: "" }, t("staff.all_roles")),
		...ROLES.map((r) => el("option", { value: r, selected: r === chosen }, t(`role.${r}`))));
	return el("div", { class: "field" }, el("label", { for: select.id }, t("staff.role")), select);
}

/** Those of a role, of all where it is "". @param {StaffMember[]} staff @param {string} role */
export const ofRole = (staff, role) => staff.filter((m) => !role || m.roles.some((r) => r === role));

/** @param {Time} time */
export function openStaff(time) {
	const list = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("staff.title") });
	const count = el("p", { class: "soft", role: "status" });
	const wrong = el("p", { class: "error", role: "alert" });
	/** @type {StaffMember[]} */
	let known = [];
	let role = "";
	const draw = () => {
		const shown = ofRole(known, role).sort(order);
		const on = shown.filter((m) => m.signed_on.length > 0).length;
		if (!list.querySelector("tbody")) fill(list, frame());
		const body = list.querySelector("tbody");
		if (body) keyed(body, shown, (m) => m.id, (m) => el("tr", { "data-member": m.id }), (tr, m) => updateRow(tr, m, time));
		say(count, known.length > 0 ? t("staff.count", { count: shown.length, on }) : t("staff.none"));
	};
	const filter = roleChoice(role, (chosen) => {
		role = chosen;
		draw();
	});
	const refresh = async () => {
		try {
			known = (await request("GET", "/api/staff")).staff;
			fill(wrong);
			draw();
		} catch (problem) {
			if (!(problem instanceof Problem)) throw problem;
			fill(wrong, icon("lost"), problem.text());
		}
	};
	const print = async () => {
		const why = t("unfit.nobody", { what: t("duty.badges"), roles: t("role.supervisor") });
		if (hasRole(["supervisor"]) || (await openSignOn({ why }))) location.assign("/badges");
	};
	const again = setInterval(() => void refresh(), LIST_MS);
	dialog(t("staff.title"), el("div", { class: "staff-head" }, filter, count, el("span", { class: "grow" }), button(t("staff.print"), print)),
		wrong, list).addEventListener("close", () => clearInterval(again));
	void refresh();
}
