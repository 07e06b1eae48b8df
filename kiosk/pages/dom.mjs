/**
 * Elements, made of parts. Text goes in as text nodes only, so nothing that was sent can become markup.
 */

/** @typedef {Node | string | number | null | undefined | false} Child */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | EventListener | undefined>} [attributes] a function under "onX"
 *   listens to X; true sets an empty attribute; false and undefined set none
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function") node.addEventListener(name.slice(2), value);
		else if (value !== false && value !== undefined) node.setAttribute(name, value === true ? "" : String(value));
	}
	fill(node, ...children);
	return node;
}

/**
 * Replaces what stands in a node.
 * @param {Element} node
 * @param {...Child} children
 */
export function fill(node, ...children) {
	const shown = children.filter((c) => c !== null && c !== undefined && c !== false);
	node.replaceChildren(...shown.map((c) => (c instanceof Node ? c : String(c))));
}

/**
 * Sets a node's text where it differs, so that an unchanged one is not announced or repainted.
 * @param {Element} node
 * @param {string | number} text
 */
export function say(node, text) {
	if (node.textContent !== String(text)) node.textContent = String(text);
}

/**
 * Keeps one element for each item, in the order of the items; what has the focus keeps it.
 * @template T
 * @template {HTMLElement} N
 * @param {Element} parent
 * @param {T[]} items
 * @param {(item: T) => string} key
 * @param {(item: T) => N} make
 * @param {(node: N, item: T) => void} update called for new ones too
 */
export function keyed(parent, items, key, make, update) {
	const ids = new Set(items.map(key));
	const old = new Map();
	for (const node of [...parent.children]) {
		if (!(node instanceof HTMLElement)) continue;
		if (ids.has(node.dataset["key"] ?? "")) old.set(node.dataset["key"], node);
		else drop(parent, node);
	}
	let place = parent.firstElementChild;
	for (const item of items) {
		const id = key(item);
		const node = old.get(id) ?? make(item);
		node.dataset["key"] = id;
		if (node === place) place = node.nextElementSibling;
		else parent.insertBefore(node, place);
		update(node, item);
	}
}

/**
 * Whoever worked in it by keyboard goes on in the list, not at the top of the page.
 * @param {Element} parent
 * @param {HTMLElement} node
 */
function drop(parent, node) {
	const focused = node.contains(document.activeElement);
	node.remove();
	if (!focused || !(parent instanceof HTMLElement)) return;
	parent.tabIndex = -1;
	parent.focus();
}

/** Strokes on a square of 24. */
const ICONS = {
	arrow: "M4 12h15M13 5l7 7-7 7",
	unwell: "M12 4v16M4 12h16",
	early_exit: "M10 4H5v16h5M10 12h10M16 8l4 4-4 4",
	never_arrived: "M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2M12 18v.2",
	overstay: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
	call_expired: "M6 17V11a6 6 0 0 1 12 0v6M4 17h16M10 20h4",
	ticket_reused: "M4 8h11v11H4zM9 8V4h11v11h-5",
	storage_down: "M5 6c0-3 14-3 14 0v12c0 3-14 3-14 0zM5 6c0 3 14 3 14 0M9 14l6 3M15 14l-6 3",
	storage_lost: "M5 6c0-3 14-3 14 0v12c0 3-14 3-14 0zM5 6c0 3 14 3 14 0M12 12v3M12 18v.2",
	disk_low: "M4 14h16v5H4zM4 14l3-9h10l3 9M16 16.5h1",
	clock_doubt: "M12 7v5M12 15.5v.2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
	missing: "M6 20v-8M18 20v-8M6 15h12M9 12V6h6v6M4 4l16 16",
	wait_long: "M7 3h10M7 21h10M8 3c0 5 8 6 8 9s-8 4-8 9M16 3c0 5-8 6-8 9s8 4 8 9",
	seats_full: "M7 20v-5h10v5M7 15V5h10v10M4 12h3M17 12h3",
	device_silent: "M7 3h10v18H7zM11 18h2M4 4l16 16",
	find: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5L21 21",
	list: "M9 6h11M9 12h11M9 18h11M4 6h.2M4 12h.2M4 18h.2",
	roll: "M4 5h10M4 11h6M4 17h6M13 15l3 3 5-7",
	hold: "M8 5v14M16 5v14",
	lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
	devices: "M4 5h11v14H4zM8 16h3M18 9h2v10h-2",
	day: "M12 3v8M7 6.5a7.5 7.5 0 1 0 10 0",
	clock: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
	live: "M5 12.5l4.5 4.5L19 7.5",
	lost: "M12 4L2.5 20h19zM12 10v4M12 17v.2",
	up: "M12 4l8 15H4z",
	sound_on: "M4 10v4h4l5 4V6L8 10zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11",
	sound_off: "M4 10v4h4l5 4V6L8 10zM16 9.5l5 5M21 9.5l-5 5",
	close: "M6 6l12 12M18 6L6 18",
	check: "M5 12.5l4.5 4.5L19 7.5",
	staff: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c0-4 2.5-6 6.5-6s6.5 2 6.5 6M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.3.8 3.5 2.7 3.5 5.5",
	badge: "M5 7h14v13H5zM10 7V3h4v4M12 14.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4M8.5 18c.5-1.6 6.5-1.6 7 0",
	back: "M20 12H5M11 5l-7 7 7 7",
	erase: "M9 6h11v12H9l-6-6zM12 9.5l5 5M17 9.5l-5 5",
	print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
	link: "M10 14l4-4M8.5 11.5l-2 2a3.5 3.5 0 0 0 5 5l2-2M15.5 12.5l2-2a3.5 3.5 0 0 0-5-5l-2 2",
};

/**
 * A picture beside a word; the word says it all, so readers of the screen skip it.
 * @param {keyof typeof ICONS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
	const svg = document.createElementNS(SVG, "svg");
	const path = document.createElementNS(SVG, "path");
	svg.setAttribute("viewBox", "0 0 24 24");
	svg.setAttribute("class", `icon icon-${name}`);
	svg.setAttribute("aria-hidden", "true");
	path.setAttribute("d", ICONS[name]);
	svg.append(path);
	return svg;
}
