/**
 * What the pages say, in three languages. messages/LANGUAGE.json hold the same keys; `{name}` in a text is replaced by
 * the argument of that name. All three are loaded at the start, so the language can be changed while the server is away.
 */
import { el } from "./dom.mjs";

/** @typedef {"zh-Hans" | "zh-Hant" | "en"} Language */

/** Each in its own script. @type {[Language, string, string][]} */
const LANGUAGES = [
	["zh-Hans", "简", "简体中文"],
	["zh-Hant", "繁", "繁體中文"],
	["en", "EN", "English"],
];
const STORED = "vaxline.language";
const RETRY_MS = 2000;

/** @type {Map<Language, Record<string, string>>} */
const texts = new Map();
/** @type {Language} */
let current = "zh-Hans";
/** Somebody has chosen the language on this device. */
let byHand = false;

/** @returns {Language | null} */
function stored() {
	try {
		const id = localStorage.getItem(STORED);
		return LANGUAGES.find(([known]) => known === id)?.[0] ?? null;
	} catch {
		/* storage is switched off */
		return null;
	}
}

/** @param {Language} id */
async function load(id) {
	for (;;) {
		try {
			const response = await fetch(`/pages/messages/${id}.json`);
			if (response.ok) {
				texts.set(id, await response.json());
				return;
			}
		} catch {
			/* not there yet: asked again below */
		}
		await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
	}
}

/** Loads the texts and sets the language chosen on this device. */
export async function loadWords() {
	await Promise.all(LANGUAGES.map(([id]) => load(id)));
	const chosen = stored();
	byHand = chosen !== null;
	speak(chosen ?? current);
}

/**
 * The language of whomever the page is about, unless another was chosen on this device.
 * @param {Language} id
 */
export function suggestLanguage(id) {
	if (!byHand) speak(id);
}

/** @param {Language} id */
function speak(id) {
	current = id;
	document.documentElement.lang = id;
}

/** @returns {Language} */
export const language = () => current;

/**
 * @param {string} key
 * @param {Record<string, string | number>} [args]
 * @returns {string} the key itself where there is no such text, so that a gap is seen
 */
export function t(key, args = {}) {
	const text = texts.get(current)?.[key] ?? key;
	return text.replace(/\{(\w+)\}/g, (whole, name) => String(args[name] ?? whole));
}

/** The same text in each language, for what is read by anybody. @param {string} key @returns {[Language, string][]} */
export const inEach = (key) => LANGUAGES.map(([id]) => [id, texts.get(id)?.[key] ?? key]);

/** "a, b or c". @param {string[]} words */
export const oneOf = (words) => new Intl.ListFormat(current, { type: "disjunction" }).format(words);

/** @param {string} key */
export const hasText = (key) => texts.get(current)?.[key] !== undefined;

/**
 * The choice in the corner.
 * @param {() => void} changed draws the page again
 */
export function languageChoice(changed) {
	return el("div", { class: "languages", role: "group", "aria-label": "语言 / 語言 / Language" },
		...LANGUAGES.map(([id, short, long]) =>
			el("button", {
				type: "button", lang: id, title: long, "aria-label": `${short} ${long}`,
				"aria-pressed": String(id === current),
				onclick: () => {
					speak(id);
					byHand = true;
					try {
						localStorage.setItem(STORED, id);
					} catch {
						/* kept for this visit only */
					}
					changed();
				},
			}, short)));
}

/**
 * "injection-7" as staff say it; a desk with a name of its own keeps it.
 * @param {string} id
 */
export function deskName(id) {
	const match = /^(registration|consent|injection)-(\w+)$/.exec(id);
	if (match) return t("desk.numbered", { stage: t(`stage.${match[1]}`), number: match[2] ?? "" });
	return hasText(`place.${id}`) ? t(`place.${id}`) : id;
}

/**
 * A span of time as m:ss, or h:mm:ss.
 * @param {number} ms
 */
export function span(ms) {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
	return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/**
 * A time of day in the site's zone: 09:05, or 09:05:30.
 * @param {string} at
 * @param {string | undefined} zone
 * @param {boolean} [seconds]
 */
export const hour = (at, zone, seconds = false) => new Date(at).toLocaleTimeString("en-GB", {
	...(zone ? { timeZone: zone } : {}), hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}),
});
