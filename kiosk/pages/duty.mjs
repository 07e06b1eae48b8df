/**
 * What asks for somebody signed on, and for which roles; and the words for whoever lacks them. The rule is the server's:
 * this only says beforehand whom to fetch.
 */
import { hasRole, signedOn } from "./session.mjs";
import { language, oneOf, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Role} Role */
/** @typedef {import("./api.mjs").Problem} Problem */
/** @typedef {{what: string, roles: readonly Role[]}} Duty */

const LEAD = /** @type {const} */ (["supervisor", "clinician"]);

/** By what is posted where. @type {[RegExp, Duty][]} */
const DUTIES = [
	[/^\/api\/site\/hold$/, { what: "hold", roles: LEAD }],
	[/^\/api\/site\/resume$/, { what: "resume", roles: LEAD }],
	[/^\/api\/day\/close$/, { what: "close_day", roles: ["supervisor"] }],
	[/^\/api\/alerts\/[^/]+\/settle$/, { what: "confirm_time", roles: ["supervisor"] }],
	[/^\/api\/visits\/[^/]+\/correct$/, { what: "correct", roles: ["supervisor"] }],
	[/^\/api\/visits\/[^/]+\/move$/, { what: "move", roles: ["supervisor"] }],
	[/^\/api\/visits\/[^/]+\/inject$/, { what: "inject", roles: ["vaccinator"] }],
	[/^\/api\/visits\/[^/]+\/(assess|clear|transfer)$/, { what: "assess", roles: ["clinician"] }],
	[/^\/api\/staff\b/, { what: "badges", roles: ["supervisor"] }],
];

/** What a request asks for; null: nobody need be signed on. @param {string} path */
export const dutyOf = (path) => DUTIES.find(([where]) => where.test(path))?.[1] ?? null;

/** A qualification that ends this soon is told beforehand. */
const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

/** "2026-11-20", the date there and then. @param {number} now @param {string | undefined} zone */
export const dateOf = (now, zone) => new Date(now).toLocaleDateString("sv-SE", zone ? { timeZone: zone } : {});

/**
 * How a qualification stands whose last day is given; the last day counts.
 * @param {string} until
 * @param {string} today
 * @returns {"good" | "soon" | "expired"}
 */
export function standing(until, today) {
	if (until < today) return "expired";
	return Date.parse(until) - Date.parse(today) <= SOON_DAYS * DAY_MS ? "soon" : "good";
}

/** Roles of theirs whose qualification has expired. @param {import("./types.mjs").Session["staff"]} who @param {string} today */
export const expiredRoles = (who, today) => who.roles.filter((r) => standing(who.qualifications[r] ?? today, today) === "expired");

/** @param {readonly Role[]} roles */
export const roleNames = (roles) => roles.map((r) => t(`role.${r}`));

/** "2027-06-30" as people say it. @param {string} date */
export const dateText = (date) => new Date(`${date}T00:00:00Z`)
	.toLocaleDateString(language() === "en" ? "en-GB" : language(), { timeZone: "UTC", year: "numeric", month: "short", day: "numeric" });

/** The last day of the qualification that has expired last. @param {Duty} duty */
function expired(duty) {
	const dates = duty.roles.flatMap((r) => signedOn()?.staff.qualifications[r] ?? []).sort();
	return dates.at(-1);
}

/**
 * Why it was refused, and whose badge is needed.
 * @param {Problem} problem
 * @param {string} path
 * @returns {string | null} null: the code says all that is known
 */
export function whyUnfit(problem, path) {
	const duty = dutyOf(path);
	if (!duty) return null;
	const needs = { what: t(`duty.${duty.what}`), roles: oneOf(roleNames(duty.roles)) };
	const who = signedOn()?.staff;
	if (!who || problem.code === "not_signed_on") return t("unfit.nobody", needs);
	const they = { name: who.name, has: roleNames(who.roles).join(", ") };
	const until = problem.code === "qualification_expired" ? expired(duty) : null;
	if (until) return t("unfit.expired", { ...needs, ...they, date: dateText(until) });
	return t(hasRole(duty.roles) ? "unfit.no_qualification" : "unfit.other_role", { ...needs, ...they });
}
