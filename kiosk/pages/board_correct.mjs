/**
 * A correction of what was recorded of a ticket: the person, companions, language, and what was injected. Only what differs
 * is sent, with the reason.
 */
import { command } from "./api.mjs";
import { nameOf, terms } from "./board_names.mjs";
import { button } from "./dialog.mjs";
import { el, fill, icon } from "./dom.mjs";
import { t } from "./words.mjs";

/** @typedef {import("./types.mjs").Visit} Visit */
/** @typedef {{vaccine: string, lot: string | null}} Given */
/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */
/** @typedef {{name: string, control: Control, was: string}} Field */

const LANGUAGES = { "zh-Hans": "简体中文", "zh-Hant": "繁體中文", en: "English" };
const SEXES = /** @type {const} */ (["male", "female", "other"]);
const COMPANIONS_MAX = 20;
const DOSE_MAX = 20;
/** Most characters of each text. @type {Record<string, number>} */
const TEXTS = { name: 200, phone: 40, id_number: 64, guardian: 200, community: 200, address: 500 };

/** @param {string} name @param {string} was @param {Control} control @returns {Field} */
function field(name, was, control) {
	control.id = `correct-${name}`;
	control.value = was;
	return { name, was: control.value, control };
}

/** @param {string} name @param {string} was @param {[string, string][]} options value and word */
function choice(name, was, options) {
	const strange = was && !options.some(([value]) => value === was) ? [[was, was]] : [];
	return field(name, was, el("select", {}, ...[["", "–"], ...strange, ...options].map(([value, word]) =>
		el("option", { value: value ?? "" }, word ?? ""))));
}

/** @param {Visit} v @returns {Field[]} */
function personFields(v) {
	/** @type {Record<string, any>} */
	const p = v.person ?? {};
	const text = (/** @type {string} */ name) =>
		field(name, p[name] ?? "", el("input", { autocomplete: "off", maxlength: TEXTS[name] ?? 0 }));
	return [
		text("name"), field("birth_date", p["birth_date"] ?? "", el("input", { type: "date", min: "1900-01-01" })),
		choice("sex", p["sex"] ?? "", SEXES.map((s) => [s, t(`sex.${s}`)])), text("phone"),
		choice("id_type", p["id_type"] ?? "", terms("id_types").map(({ id }) => [id, nameOf("id_types", id)])), text("id_number"),
		text("guardian"), text("community"), text("address"),
		field("notes", p["notes"] ?? "", el("textarea", { maxlength: 500, rows: 2 })),
	];
}

/** @param {Visit} v @returns {Field[]} */
const visitFields = (v) => [
	field("companions", String(v.companions), el("input", { type: "number", min: 0, max: COMPANIONS_MAX, step: 1, inputmode: "numeric" })),
	choice("language", v.language ?? "", Object.entries(LANGUAGES)),
];

/** The number of the dose is not shown with the ticket: left empty it stays as it is. @param {Given} given @returns {Field[]} */
const doseFields = (given) => [
	choice("vaccine", given.vaccine, terms("vaccines").map(({ id }) => [id, nameOf("vaccines", id)])),
	field("lot", given.lot ?? "", el("input", { autocomplete: "off", maxlength: 64 })),
	field("dose", "", el("input", { type: "number", min: 1, max: DOSE_MAX, step: 1, inputmode: "numeric" })),
];

const NUMBERS = ["companions", "dose"];

/** @param {Field[]} fields */
const changed = (fields) => fields.filter((f) => f.control.value !== f.was);

/** What is sent; a field that was emptied is left out of the person anew. @param {Visit} v @param {Field[]} person @param {Field[]} others */
function difference(v, person, others) {
	/** @type {Record<string, any>} */
	const what = {};
	for (const f of changed(others)) what[f.name] = NUMBERS.includes(f.name) ? Number(f.control.value) : f.control.value.trim();
	if (changed(person).length === 0) return what;
	/** @type {Record<string, any>} */
	const anew = { ...v.person };
	for (const f of person) {
		const value = f.control.value.trim();
		if (value) anew[f.name] = value;
		else delete anew[f.name];
	}
	return { ...what, person: anew };
}

/** @param {Field} f */
const labelled = (f) => el("div", { class: "field" }, el("label", { for: f.control.id }, t(`find.${f.name}`)), f.control);

/**
 * @param {Visit} v
 * @param {Given | null} given
 * @param {() => void} done
 */
export function correctForm(v, given, done) {
	const person = personFields(v);
	const others = [...visitFields(v), ...(given ? doseFields(given) : [])];
	const reason = field("reason", "", el("input", { autocomplete: "off", maxlength: 500, required: true }));
	const wrong = el("p", { class: "error", role: "alert" });
	const save = async () => {
		fill(wrong);
		const what = difference(v, person, others);
		const empty = Object.keys(what).length === 0 ? "correct.nothing" : reason.control.value.trim() ? null : "correct.reason_missing";
		const invalid = [...person, ...others].find((f) => !f.control.checkValidity());
		if (empty || invalid) {
			fill(wrong, icon("lost"), invalid ? t("correct.invalid", { field: t(`find.${invalid.name}`) }) : t(empty ?? ""));
			(invalid ?? reason).control.focus();
			return;
		}
		await command(`/api/visits/${encodeURIComponent(v.number ?? "")}/correct`, { what, reason: reason.control.value.trim() });
		done();
	};
	const fields = (/** @type {Field[]} */ some) => el("div", { class: "fields" }, ...some.map(labelled));
	return el("details", { class: "correct" }, el("summary", {}, t("correct.title")),
		fields(person), fields(others), given && el("p", { class: "soft" }, t("correct.dose_kept")),
		labelled(reason), wrong, button(t("correct.save"), save, { class: "primary" }));
}
