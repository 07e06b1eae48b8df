/**
 * What stands in a badge's QR: BADGE: and 24 characters. A scanner types it, and at times loses some; whether all are there
 * is judged by their number, never by how fast they came.
 */

const PREFIX = "BADGE:";
export const BADGE_LENGTH = 24;
/** Longer than any badge: what was typed before it is not kept. */
const KEPT_MAX = 64;
/** What is, or may become, a badge. */
const BEGUN = /B(A(D(G(E(:.*)?)?)?)?)?$/i;
/** What a scanner has typed of one, which may have lost characters. */
const SCANNED = /(?:BADGE|[BADGE]{2,4}):[A-Z2-7]*$/i;
/** The code alone, as lists of badges have it: only whole. */
const BARE = new RegExp(`(?<![A-Z2-7])[A-Z2-7]{${BADGE_LENGTH}}$`, "i");
/** A badge whose keys stopped coming is none any more. */
const STALE_MS = 2000;

/**
 * As the server reads it, or null where it is no whole badge. The prefix may be missing, or lack characters: the code says it all.
 * @param {string} text
 */
export function readBadge(text) {
	const code = text.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "").replace(/^[BADGE]*:/, "");
	return /^[A-Z2-7]+$/.test(code) && code.length === BADGE_LENGTH ? PREFIX + code : null;
}

/** Whether keys belong to something that takes text. @param {EventTarget | null} target */
const takesText = (target) => target instanceof HTMLElement && (target.isContentEditable ||
	target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=file], [type=button])"));

/**
 * Hears a badge that is scanned while no field has the focus, also where one gets it meanwhile. One that lost characters on the
 * way is told too, so that it is scanned again.
 * @param {(scanned: string) => void} take
 * @param {boolean} bare takes the code alone too: where nothing else is scanned, for a ticket's code looks the same
 */
export function listenForBadge(take, bare) {
	let typed = "";
	let last = 0;
	document.addEventListener("keydown", (event) => {
		const begun = BEGUN.test(typed) && event.timeStamp - last < STALE_MS;
		last = event.timeStamp;
		if (event.ctrlKey || event.altKey || event.metaKey || (takesText(event.target) && !begun)) {
			typed = "";
		} else if (event.key.length === 1) {
			typed = (typed + event.key).slice(-KEPT_MAX);
		} else if (event.key === "Enter") {
			const scanned = (SCANNED.exec(typed) ?? (bare ? BARE.exec(typed) : null))?.[0];
			typed = "";
			if (scanned === undefined) return;
			event.preventDefault(); // it is the scanner's, and presses no button
			event.stopImmediatePropagation();
			take(scanned);
		}
	}, true);
}
