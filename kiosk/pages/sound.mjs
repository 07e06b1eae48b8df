/**
 * The sound of an urgent alarm: three pairs of tones, made on the spot. A browser stays silent until somebody has touched
 * the page once, so the page asks for that.
 */

const PAIRS = 3;
const TONES_HZ = [880, 660];
const TONE_S = 0.16;
const PAIR_S = 0.45;
const LOUDNESS = 0.35;

/** @type {AudioContext | null} */
let audio = null;
/** @type {() => void} */
let changed = () => {};

function touched() {
	audio ??= new AudioContext();
	if (audio.state === "suspended") audio.resume().then(changed, changed);
	else changed();
}

/**
 * Waits for the first touch or key.
 * @param {() => void} told when sound has become possible
 */
export function listenForTouch(told) {
	changed = told;
	for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touched);
}

export const soundReady = () => audio?.state === "running";

export function soundAlarm() {
	if (!audio || audio.state !== "running") return;
	for (let pair = 0; pair < PAIRS; pair++)
		TONES_HZ.forEach((hz, i) => tone(/** @type {AudioContext} */ (audio), hz, pair * PAIR_S + i * TONE_S));
}

/**
 * @param {AudioContext} context
 * @param {number} hz
 * @param {number} after seconds from now
 */
function tone(context, hz, after) {
	const start = context.currentTime + after;
	const source = context.createOscillator();
	const gain = context.createGain();
	source.frequency.value = hz;
	gain.gain.setValueAtTime(0, start);
	gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
	gain.gain.linearRampToValueAtTime(0, start + TONE_S);
	source.connect(gain).connect(context.destination);
	source.start(start);
	source.stop(start + TONE_S);
}
