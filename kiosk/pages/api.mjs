/**
 * Commands to the server. Each carries an id made here; while nothing is known of its fate (no answer, or 503) it is
 * sent again under the same id, which the server carries out once. So is one that asks for somebody signed on, once the
 * page has found somebody.
 */
import { hasText, t } from "./words.mjs";

const ATTEMPT_MS = 10_000;
const GIVE_UP_MS = 60_000;
const WAIT_MS = [500, 1000, 2000, 4000];
/** The act asks for somebody else to be signed on. */
const UNFIT = ["not_signed_on", "not_qualified", "qualification_expired"];

/**
 * Asks for somebody who may; resolves to whether it is worth another try.
 * @typedef {(problem: Problem, path: string) => Promise<boolean>} FindSomebody
 */
/** @type {FindSomebody | null} */
let findSomebody = null;

/**
 * A version 4 UUID. `crypto.randomUUID` is missing on a page that came by plain HTTP from another machine.
 */
export function uuid() {
	const b = crypto.getRandomValues(new Uint8Array(16));
	b[6] = ((b[6] ?? 0) & 0x0f) | 0x40;
	b[8] = ((b[8] ?? 0) & 0x3f) | 0x80;
	const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** What the server refused, and why. */
export class Problem extends Error {
	/**
	 * @param {number} status 0: no answer
	 * @param {Record<string, any>} body
	 */
	constructor(status, body) {
		super(String(body["detail"] ?? body["title"] ?? `status ${status}`));
		this.status = status;
		this.body = body;
		this.code = String(body["code"] ?? "");
		/** What the page knows better than the code tells. @type {string | null} */
		this.words = null;
	}

	/** In the language of the page. */
	text() {
		if (this.words) return this.words;
		if (this.status === 0) return t("error.no_answer");
		if (hasText(`code.${this.code}`)) return t(`code.${this.code}`);
		return t("error.other", { status: this.status, text: this.message });
	}
}

/**
 * One request, one answer.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 * @throws {Problem}
 */
export async function request(method, path, body) {
	/** @type {RequestInit} */
	const options = { method, signal: AbortSignal.timeout(ATTEMPT_MS), headers: { accept: "application/json" } };
	if (body) {
		options.headers = { ...options.headers, "content-type": "application/json" };
		options.body = JSON.stringify(body);
	}
	let response;
	let text;
	try {
		response = await fetch(path, options);
		text = await response.text();
	} catch {
		throw new Problem(0, {});
	}
	const answer = parse(text);
	if (!response.ok) throw new Problem(response.status, { ...answer, retry_after: response.headers.get("retry-after") });
	return answer;
}

/**
 * @param {string} text
 * @returns {Record<string, any>}
 */
function parse(text) {
	try {
		return text ? JSON.parse(text) : {};
	} catch {
		return { detail: text.slice(0, 200) };
	}
}

/**
 * A request that may be repeated: asked again until there is an answer, for a minute.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 * @throws {Problem}
 */
export async function insist(method, path, body) {
	const start = performance.now();
	for (let attempt = 0; ; attempt++) {
		try {
			return await request(method, path, body);
		} catch (problem) {
			if (!(problem instanceof Problem) || (problem.status !== 0 && problem.status !== 503)) throw problem;
			if (performance.now() - start > GIVE_UP_MS) throw problem;
			const asked = Number(problem.body["retry_after"]) * 1000;
			const own = WAIT_MS[Math.min(attempt, WAIT_MS.length - 1)] ?? 0;
			await new Promise((resolve) => setTimeout(resolve, asked > 0 ? Math.min(asked, 5000) : own));
		}
	}
}

/** @param {FindSomebody} ask */
export const whenUnfit = (ask) => {
	findSomebody = ask;
};

/**
 * What asks for somebody signed on: tried again after each sign-on, until it is done or nobody signs on.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 * @throws {Problem}
 */
export async function bySomebody(path, act) {
	for (;;) {
		try {
			return await act();
		} catch (problem) {
			if (!(problem instanceof Problem) || !UNFIT.includes(problem.code)) throw problem;
			if (!(await findSomebody?.(problem, path))) throw problem;
		}
	}
}

/**
 * An act under an id of its own.
 * @param {string} path
 * @param {object} [body]
 */
export function command(path, body = {}) {
	const sent = { id: uuid(), ...body };
	return bySomebody(path, () => insist("POST", path, sent));
}
