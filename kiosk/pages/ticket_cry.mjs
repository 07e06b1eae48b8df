/**
 * "I feel unwell", from a phone. One tap is one cry under one id, sent until the server has it; a page that is loaded again
 * in the same tab goes on sending.
 *
 *   quiet --tap--> sending --no answer--> trying --> ... --200, 202--> told --seen unwell, then well--> quiet
 *                          `--refused---> refused (sent on all the same)
 */
import { Problem, request, uuid } from "./api.mjs";

/** @typedef {"quiet" | "sending" | "trying" | "refused" | "told"} CryState */
/** @typedef {{id: string, code: string, place?: string}} CryBody */

const WAIT_MS = [500, 1000, 2000, 4000];

export class Cry {
	/** @type {CryState} */
	#state = "quiet";
	/** The server has shown the ticket as unwell since the tap. */
	#seen = false;
	/** Ends the pause between two attempts. @type {() => void} */
	#wake = () => {};

	/**
	 * @param {string} code of the ticket
	 * @param {() => void} changed the state has
	 */
	constructor(code, changed) {
		this.code = code;
		this.changed = changed;
		this.key = `vaxline.unwell.${code}`;
		addEventListener("online", () => this.#wake());
	}

	/** Goes on with what a reload has interrupted. */
	resume() {
		const unsent = this.#unsent();
		if (unsent) void this.#send(unsent);
	}

	get state() {
		return this.#state;
	}

	/** @param {string} [place] where the ticket is, as the server last said */
	call(place) {
		if (this.#state === "quiet" || this.#state === "told")
			void this.#send({ id: uuid(), code: this.code, ...(place ? { place } : {}) });
		else this.#wake();
	}

	/** The server has shown where the ticket is. @param {string} visitState */
	hear(visitState) {
		if (visitState === "unwell") this.#seen = true;
		else if (this.#seen && this.#state === "told") this.#turn("quiet");
	}

	/** @param {CryState} state */
	#turn(state) {
		if (this.#state === state) return;
		this.#state = state;
		this.changed();
	}

	/** @returns {CryBody | null} */
	#unsent() {
		try {
			return JSON.parse(sessionStorage.getItem(this.key) ?? "null");
		} catch {
			return null;
		}
	}

	/** @param {CryBody | null} body */
	#keep(body) {
		try {
			if (body) sessionStorage.setItem(this.key, JSON.stringify(body));
			else sessionStorage.removeItem(this.key);
		} catch {
			/* storage is switched off: it is sent as long as the page is open */
		}
	}

	/** @param {CryBody} body */
	async #send(body) {
		this.#seen = false;
		this.#keep(body);
		this.#turn("sending");
		for (let attempt = 0; ; attempt++) {
			try {
				await request("POST", "/api/unwell", body);
				break;
			} catch (problem) {
				if (!(problem instanceof Problem)) throw problem;
				this.#turn(problem.status >= 400 && problem.status < 500 ? "refused" : "trying");
			}
			await this.#pause(WAIT_MS[Math.min(attempt, WAIT_MS.length - 1)] ?? 0);
		}
		this.#keep(null);
		this.#turn("told");
	}

	/** @param {number} ms */
	#pause(ms) {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			this.#wake = () => {
				clearTimeout(timer);
				resolve(undefined);
			};
		});
	}
}
