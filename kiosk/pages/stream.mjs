/**
 * The one stream of a page. It beats every two seconds, so silence is a loss, whatever the browser believes; then it is
 * opened anew and begins with a full picture.
 *
 *   open --error, or silent for 7 s--> shut --1 s--> asked whether we may at all --yes--> open
 *                                                    `--401, 403, 404--> over (refused is told)
 */
import { Problem, request } from "./api.mjs";

const SILENT_MS = 7000;
const AGAIN_MS = 1000;
/** Not allowed, or no such view. */
export const REFUSED = [401, 403, 404];
/** From here on the page says how old its data are: two beats missed. */
export const STALE_MS = 4000;

export class Stream {
	/** @type {EventSource | null} */
	#source = null;
	/** performance.now() of the last sign of life; 0: none yet */
	#heard = 0;
	#opened = 0;

	/**
	 * @param {string[]} views
	 * @param {(view: string, data: any) => void} show a picture, or "beat"
	 * @param {(problem: Problem) => void} refused the stream is over
	 */
	constructor(views, show, refused) {
		this.views = views;
		this.show = show;
		this.refused = refused;
		this.#open();
		setInterval(() => this.#watch(), 500);
	}

	/** Milliseconds since the last sign of life, or null before the first. */
	age() {
		return this.#heard ? performance.now() - this.#heard : null;
	}

	#open() {
		const source = new EventSource(`/api/stream?views=${this.views.join(",")}`);
		this.#source = source;
		this.#opened = performance.now();
		for (const name of [...this.views, "beat"]) {
			source.addEventListener(name, (event) => {
				this.#heard = performance.now();
				this.show(name, JSON.parse(event.data));
			});
		}
		source.addEventListener("error", () => this.#shut(source));
	}

	/** @param {EventSource} source */
	#shut(source) {
		if (this.#source !== source) return;
		source.close();
		this.#source = null;
		setTimeout(() => this.#again(), AGAIN_MS);
	}

	/** An event stream does not tell why it was refused, so a plain request asks first. */
	async #again() {
		try {
			await request("GET", `/api/views/${this.views[0]}`);
		} catch (problem) {
			if (problem instanceof Problem && REFUSED.includes(problem.status)) {
				this.refused(problem);
				return;
			}
			setTimeout(() => this.#again(), AGAIN_MS);
			return;
		}
		this.#open();
	}

	#watch() {
		if (this.#source && performance.now() - Math.max(this.#heard, this.#opened) > SILENT_MS) this.#shut(this.#source);
	}
}
