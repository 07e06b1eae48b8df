/**
 * A pad for a PIN. There is no field: what was entered stands nowhere in the page, nothing can fill it in or keep it, and no
 * keyboard slides up over it. Keys work too.
 */
import { el, fill, icon, say } from "./dom.mjs";
import { t } from "./words.mjs";

const LEAST = 4;
const MOST = 8;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * @param {(pin: string) => void} enter
 * @returns {{node: HTMLElement, clear: () => void, allow: (on: boolean) => void, key: (event: KeyboardEvent) => boolean}}
 *   key: takes a key if it is one of the pad's
 */
export function pinPad(enter) {
	let pin = "";
	let allowed = true;
	/** Letters have come: this is a scan, and its digits are no PIN. */
	let foreign = false;
	const dots = el("p", { class: "pin-dots", "aria-hidden": "true" });
	const count = el("p", { class: "unseen", role: "status" });
	const wrong = el("p", { class: "error", role: "alert" });

	const draw = () => {
		say(dots, "●".repeat(pin.length));
		say(count, pin.length > 0 ? t("sign_on.digits", { count: pin.length }) : "");
	};
	const clear = () => {
		pin = "";
		foreign = false;
		draw();
	};
	const press = (/** @type {string} */ digit) => {
		if (!allowed || foreign || pin.length >= MOST) return;
		fill(wrong);
		pin += digit;
		draw();
	};
	const erase = () => {
		if (!allowed) return;
		pin = pin.slice(0, -1);
		draw();
	};
	const submit = () => {
		if (!allowed) return;
		const entered = pin;
		const whole = !foreign && entered.length >= LEAST;
		clear();
		fill(wrong, !whole && icon("lost"), !whole && t("sign_on.pin_form", { least: LEAST, most: MOST }));
		if (whole) enter(entered);
	};
	/** A tap leaves the focus where it is, so that Enter never presses a digit once more. */
	const key = (/** @type {string} */ cls, /** @type {string} */ label, /** @type {() => void} */ act, /** @type {import("./dom.mjs").Child[]} */ ...face) =>
		el("button", {
			type: "button", class: cls, "aria-label": label, onclick: act, onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
		}, ...face);
	const node = el("div", { class: "pin-pad", role: "group", "aria-label": t("sign_on.pin"), tabindex: -1 },
		el("div", { class: "pin-shown" }, dots), count, wrong,
		el("div", { class: "pin-keys" },
			...DIGITS.map((d) => key("digit num", d, () => press(d), d)),
			key("digit", t("sign_on.erase"), erase, icon("erase")),
			key("digit num", "0", () => press("0"), "0"),
			key("digit primary", t("sign_on.enter"), submit, icon("check"))));

	return {
		node,
		clear,
		allow(on) {
			allowed = on;
			for (const one of node.querySelectorAll("button")) one.setAttribute("aria-disabled", String(!on));
		},
		key(event) {
			if (event.ctrlKey || event.altKey || event.metaKey) return false;
			if (/^[0-9]$/.test(event.key)) press(event.key);
			else if (event.key === "Backspace") erase();
			else if (event.key === "Enter") {
				if (event.target instanceof HTMLButtonElement) return false;
				submit();
			} else {
				if (/^[A-Za-z:]$/.test(event.key)) foreign = true;
				return false;
			}
			return true;
		},
	};
}
