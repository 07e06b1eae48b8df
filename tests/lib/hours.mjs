// Simulated hours and seeded chance, for scripts that live through a day.
//
// A script sleeps until a time (and a phase of it) or is held until somebody calls it. `quiet` resolves when no script is
// under way: all sleep or are held. Whoever drives the day then moves the clock and wakes the next.
import { SECOND } from './ground.mjs';

export function generator(seed, grid = 5) {
	let a = seed >>> 0;
	const next = () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	return {
		below: (n) => Math.floor(next() * n),
		chance: (p) => next() < p,
		pick: (list) => list[Math.floor(next() * list.length)],
		// Seconds on the grid of the day, as milliseconds.
		seconds: (least, most) => (Math.floor((least + next() * (most - least)) / grid) || 1) * grid * SECOND,
		shuffle(list) {
			for (let i = list.length - 1; i > 0; i--) {
				const j = Math.floor(next() * (i + 1));
				[list[i], list[j]] = [list[j], list[i]];
			}
			return list;
		},
	};
}

export class Sleepers {
	constructor() {
		this.list = []; // {time, phase, wake}
		this.running = 0;
		this.failure = undefined;
		this.quietly = undefined;
	}

	spawn(script) {
		this.running++;
		script().catch((error) => (this.failure ??= error)).finally(() => this.rest());
	}

	rest() {
		this.running--;
		if (this.running === 0) this.quietly?.();
	}

	until(time, phase = 0) {
		return new Promise((wake) => {
			this.list.push({ time, phase, wake });
			this.rest();
		});
	}

	// A wait that somebody else ends, by calling what `hold` was given.
	held(hold) {
		return new Promise((resolve) => {
			hold((value) => {
				this.running++;
				resolve(value);
			});
			this.rest();
		});
	}

	async quiet() {
		if (this.running > 0) await new Promise((resolve) => (this.quietly = resolve));
		this.quietly = undefined;
		if (this.failure) throw this.failure;
	}

	next() {
		return this.list.reduce((least, s) => Math.min(least, s.time), Infinity);
	}

	take(time, phase) {
		const due = this.list.filter((s) => s.time === time && s.phase === phase);
		if (due.length) this.list = this.list.filter((s) => s.time !== time || s.phase !== phase);
		return due;
	}

	wake(due) {
		this.running += due.length;
		for (const sleeper of due) sleeper.wake();
	}
}
