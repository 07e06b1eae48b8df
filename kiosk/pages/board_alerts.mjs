/**
 * What needs somebody now. The order is the server's: most urgent first. An alarm that is new, cried again or escalated is
 * told to readers of the screen, and an urgent one sounds.
 */
import { command } from "./api.mjs";
import { button } from "./dialog.mjs";
import { el, fill, icon, keyed, say } from "./dom.mjs";
import { soundAlarm } from "./sound.mjs";
import { deskName, language, span, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Alert} Alert */

const URGENT = 3;

/**
 * What may end an alarm from here: an act on the visit it is about, or settling it by hand with an outcome.
 * @type {Record<string, {visit?: string[], settle?: string[]}>}
 */
const ENDINGS = {
	unwell: { visit: ["clear", "transfer"], settle: ["helped", "false_alarm"] },
	early_exit: { visit: ["returned", "walked_out"] },
	never_arrived: { visit: ["arrive", "walked_out"] },
	overstay: { visit: ["release"] },
	missing: { visit: ["seen", "walked_out"] },
	call_expired: { visit: ["no_show", "park"] },
	ticket_reused: { settle: ["checked"] },
	wait_long: { settle: ["checked"] },
	seats_full: { settle: ["checked"] },
	device_silent: { settle: ["repaired", "put_away"] },
	storage_down: { settle: ["repaired"] },
	storage_lost: { settle: ["repaired"] },
	disk_low: { settle: ["repaired"] },
	clock_doubt: { settle: ["time_right"] },
};

/** How loudly each alarm has been told: id -> count and level. @type {Map<string, string>} */
const told = new Map();

/** What the acts of an alarm were last drawn for. @param {Alert} a @param {boolean} gone */
const drawnFor = (a, gone) => `${a.state} ${gone} ${language()}`;

/** What it is about, and what it is. @param {Alert} a */
function title(a) {
	const what = t(`alert.${a.kind}`);
	if (a.number) return `${a.number} ${what}`;
	return a.stage && a.kind !== "seats_full" ? t("alerts.at_stage", { stage: t(`stage.${a.stage}`), what }) : what;
}

/**
 * @param {Alert} a
 * @param {Map<string, string>} devices
 */
function where(a, devices) {
	const device = devices.get(a.device ?? "");
	const who = device && (a.kind === "device_silent" ? device : t("alerts.from", { device }));
	const parts = [a.place && deskName(a.place), a.desk && deskName(a.desk), who];
	return parts.filter(Boolean).join(" · ");
}

/** @param {Alert} a */
function marks(a) {
	return [
		a.count > 1 && t("alerts.count", { count: a.count }),
		a.state === "open" && a.escalated > 0 && t(`alerts.escalated_${a.escalated}`),
		a.state === "acknowledged" && t("alerts.acknowledged"),
	].filter((m) => m !== false);
}

/**
 * Whoever stands on the follow-up list has left already: then only the alarm remains to be settled.
 * @param {Alert} a
 * @param {boolean} gone
 */
function endings(a, gone) {
	const way = ENDINGS[a.kind] ?? {};
	if (a.kind === "early_exit" && gone) return [actOn(a, "returned"), settle(a, "left")];
	return a.number && way.visit ? way.visit.map((action) => actOn(a, action)) : (way.settle ?? []).map((o) => settle(a, o));
}

/** @param {Alert} a @param {string} action */
const actOn = (a, action) =>
	button(t(`act.${action}`), () => command(`/api/visits/${encodeURIComponent(a.number ?? "")}/${action}`, reasonOf(a, action)),
		{ label: `${t(`act.${action}`)}: ${title(a)}` });

/** @param {Alert} a @param {string} outcome */
const settle = (a, outcome) =>
	button(t(`outcome.${outcome}`), () => command(`/api/alerts/${encodeURIComponent(a.id)}/settle`, { outcome }),
		{ label: `${t(`outcome.${outcome}`)}: ${title(a)}` });

/** @param {Alert} a @param {string} action */
const reasonOf = (a, action) => (action === "release" ? { reason: a.kind } : {});

/** @param {Alert} a */
function make(a) {
	return el("li", { class: "alert" },
		el("h3", {}, icon(a.kind), el("span", { class: "title" }), el("span", { class: "num age" })),
		el("p", { class: "where" }), el("p", { class: "marks" }), el("p", { class: "ends soft" }), el("div", { class: "acts" }));
}

/**
 * @param {HTMLElement} node
 * @param {Alert} a
 * @param {Map<string, string>} devices
 * @param {boolean} gone
 */
function update(node, a, devices, gone) {
	const [head, place, mark, ends, acts] = [...node.children];
	if (!head || !place || !mark || !ends || !acts) return;
	node.className = `alert urgency-${a.urgency} ${a.state}`;
	node.dataset["alert"] = a.id;
	node.dataset["raised"] = String(Date.parse(a.raised_at));
	if (head.children[1]) say(head.children[1], title(a));
	say(place, where(a, devices));
	say(mark, marks(a).join(" · "));
	say(ends, t(a.kind === "unwell" && !a.number ? "ends.by_hand" : `ends.${a.kind}`));
	if (node.dataset["drawn"] === drawnFor(a, gone)) return;
	node.dataset["drawn"] = drawnFor(a, gone);
	fill(acts,
		a.state === "open" && button(t("alerts.acknowledge"), () => command(`/api/alerts/${encodeURIComponent(a.id)}/acknowledge`),
			{ class: "strong", label: `${t("alerts.acknowledge")}: ${title(a)}` }),
		...endings(a, gone));
}

/** @param {Alert[]} alerts */
function cry(alerts) {
	const news = alerts.filter((a) => a.state === "open" && told.get(a.id) !== `${a.count} ${a.escalated}`);
	told.clear();
	for (const a of alerts) told.set(a.id, `${a.count} ${a.escalated}`);
	if (news.length === 0) return;
	const place = document.getElementById("cry");
	if (place) fill(place, news.map(title).join(", "));
	if (news.some((a) => a.urgency === URGENT)) soundAlarm();
}

/**
 * How long ago each was raised, by the server's clock.
 * @param {HTMLElement} list
 * @param {number} now
 */
export function drawAlertTimes(list, now) {
	for (const node of list.children) {
		const age = node.querySelector(".age");
		if (age && node instanceof HTMLElement) say(age, span(now - Number(node.dataset["raised"])));
	}
}

/**
 * @param {Alert[]} alerts
 * @param {{devices: Map<string, string>, gone: string[]}} known devices: names by id; gone: the numbers of early leavers
 * @param {number} now
 */
export function drawAlerts(alerts, known, now) {
	const list = document.getElementById("alerts");
	const count = document.getElementById("alerts-count");
	if (!list || !count) return;
	say(count, alerts.length);
	count.classList.toggle("some", alerts.length > 0);
	document.getElementById("no-alerts")?.remove();
	keyed(list, alerts, (a) => a.id, make, (node, a) =>
		update(node, a, known.devices, known.gone.includes(a.number ?? "")));
	if (alerts.length === 0) list.append(el("li", { id: "no-alerts", class: "calm" }, icon("check"), t("alerts.none")));
	drawAlertTimes(list, now);
	cry(alerts);
}
