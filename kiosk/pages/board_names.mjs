/**
 * The site's own words: its vaccines, documents and entry checks, from the configuration. A name that is not known (yet, or
 * since the configuration changed) is shown as its id, and asked for once more.
 */
import { insist, Problem } from "./api.mjs";
import { language } from "./words.mjs";

/** @typedef {"vaccines" | "id_types" | "entry_checks"} List */
/** @typedef {{id: string, name: Record<string, string>}} Term */

/** @type {Record<List, Term[]>} */
let known = { vaccines: [], id_types: [], entry_checks: [] };
/** Ids that the site was asked for. @type {Set<string>} */
const asked = new Set();

/** @param {() => void} changed draws the page again */
export async function learnNames(changed) {
	try {
		known = await insist("GET", "/api/site");
		changed();
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		/* ids say enough; a refusal shows on the stream too */
	}
}

/** @param {List} list */
export const terms = (list) => known[list];

/**
 * @param {List} list
 * @param {string} id
 */
export function nameOf(list, id) {
	return known[list].find((term) => term.id === id)?.name[language()] ?? id;
}

/**
 * Asks for the names of these once, where they are not known.
 * @param {List} list
 * @param {string[]} ids
 * @param {() => void} changed
 */
export function wantNames(list, ids, changed) {
	const strange = ids.filter((id) => !asked.has(id) && !known[list].some((term) => term.id === id));
	for (const id of strange) asked.add(id);
	if (strange.length > 0) void learnNames(changed);
}
