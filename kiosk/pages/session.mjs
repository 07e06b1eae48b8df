/**
 * Who is signed on at this device: asked for once, then told by the stream in the view `session:DEVICE`. The times of it are
 * the site's, whatever zone the device is set to: so that zone is asked for before.
 */
import { insist, Problem } from "./api.mjs";
import { REFUSED } from "./stream.mjs";

/** @typedef {import("./types.mjs").Session} Session */
/** @typedef {import("./types.mjs").Role} Role */

const AGAIN_MS = 2000;

/** The device's own id, once known. @type {string | null} */
let device = null;
/** @type {Session | null} */
let session = null;
/** Of the site, once known. @type {string | undefined} */
let zone;
/** Called when somebody else, or nobody, is signed on. @type {() => void} */
let changed = () => {};

/** @param {Session | null} now */
function take(now) {
	const before = JSON.stringify(session);
	session = now;
	if (JSON.stringify(session) !== before) changed();
}

/** Asks until there is an answer. @param {string} path */
async function ask(path) {
	for (;;) {
		try {
			return await insist("GET", path);
		} catch (problem) {
			if (!(problem instanceof Problem) || REFUSED.includes(problem.status)) throw problem;
			await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
		}
	}
}

/**
 * @param {() => void} redraw called after any change
 * @returns {Promise<string>} the name of the view that tells it
 * @throws {Problem} this browser is no device
 */
export async function learnSession(redraw) {
	changed = redraw;
	zone = (await ask("/api/site")).time_zone ?? undefined;
	const answer = await ask("/api/session");
	device = answer.device.id;
	take(answer.session);
	return `session:${device}`;
}

/**
 * What the stream says. Returns whether it was about this.
 * @param {string} view
 * @param {{session: Session | null}} data
 */
export function hearSession(view, data) {
	if (view !== `session:${device}`) return false;
	take(data.session);
	return true;
}

/** What an answer says, before the stream does. @param {Session | null} now */
export const setSession = (now) => take(now);

/** Of the site; known before anybody is. */
export const siteZone = () => zone;

/** @returns {Session | null} */
export const signedOn = () => session;

/** One of the roles is theirs. Whether it is still good the server knows. @param {readonly Role[]} roles */
export const hasRole = (roles) => session !== null && roles.some((r) => session?.staff.roles.includes(r));
