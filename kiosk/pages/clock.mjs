/**
 * The server's time, from what it last said and the browser's own monotonic clock; the wall clock of the device is never
 * looked at. Beats set it. A picture may have waited for the disk, so it only ever moves it forward.
 */

/** Beats further apart than this that tell the same time mean that the server's clock is held, as in a rehearsal. */
const HELD_MS = 1000;

export class ServerClock {
	#server = 0;
	#heard = 0;
	#beat = 0;
	#beatHeard = 0;
	#running = true;

	/**
	 * @param {string} at ISO 8601
	 * @param {boolean} beat
	 */
	hear(at, beat) {
		const server = Date.parse(at);
		const now = performance.now();
		if (!Number.isFinite(server)) return;
		if (beat) {
			this.#running = server !== this.#beat || now - this.#beatHeard < HELD_MS;
			this.#beat = server;
			this.#beatHeard = now;
		} else if (server <= this.now()) {
			return;
		}
		this.#server = server;
		this.#heard = now;
	}

	/** True once the server has said anything. */
	known() {
		return this.#server > 0;
	}

	/** Milliseconds UTC. */
	now() {
		return this.#server + (this.#running ? performance.now() - this.#heard : 0);
	}
}
