/**
 * /setup and /enrol: makes this browser a device of the site. The one-time code stands in the fragment of the link, so it
 * is in no log; it is taken out of the address at once, so it is in no history either.
 */
import { Problem, request } from "./api.mjs";
import { el, fill, icon } from "./dom.mjs";
import { deskName, languageChoice, loadWords, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Device} Device */

/** Screens that exist, by the kind of the device. @type {Record<string, string>} */
const SCREENS = { board: "/board" };
const NAME_MAX = 60;

const page = document.documentElement.dataset["page"] === "setup" ? "setup" : "enrol";
const state = {
	code: "",
	name: "",
	busy: false,
	/** @type {Problem | null} */
	problem: null,
	/** The field that is wrong. @type {"code" | "name" | null} */
	wrong: null,
	/** @type {Device | null} */
	device: null,
};

async function submit() {
	state.wrong = !state.code.trim() ? "code" : !state.name.trim() ? "name" : null;
	state.problem = null;
	if (state.wrong) return draw(state.wrong);
	state.busy = true;
	draw();
	try {
		const answer = await request("POST", "/api/enrol", { code: state.code.trim(), name: state.name.trim() });
		state.device = answer.device;
		const screen = SCREENS[answer.device.kind];
		if (screen) return location.replace(screen);
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		state.problem = problem;
	}
	state.busy = false;
	return draw(state.problem ? "problem" : "done");
}

/**
 * @param {"code" | "name"} name
 * @param {Record<string, string | number | boolean>} attributes
 */
function field(name, attributes) {
	const wrong = state.wrong === name;
	return el("div", { class: wrong ? "field wrong" : "field" },
		el("label", { for: name }, t(`enrol.${name}`)),
		el("p", { class: "hint", id: `${name}-hint` }, t(`enrol.${name}_hint`)),
		wrong && el("p", { class: "error", id: `${name}-error` }, icon("lost"), t(`enrol.${name}_missing`)),
		el("input", {
			id: name, name, value: state[name], required: true,
			"aria-describedby": wrong ? `${name}-error ${name}-hint` : `${name}-hint`, "aria-invalid": String(wrong),
			oninput: (event) => { state[name] = /** @type {HTMLInputElement} */ (event.target).value; },
			...attributes,
		}));
}

function form() {
	return el("form", {
		novalidate: true,
		onsubmit: (event) => {
			event.preventDefault();
			if (!state.busy) void submit();
		},
	},
		el("h1", {}, t(`${page}.title`)),
		el("p", { class: "lead" }, t(`${page}.lead`)),
		state.problem && el("div", { class: "notice stop", id: "problem", role: "alert", tabindex: "-1" },
			icon("lost"), el("div", {}, el("b", {}, t("enrol.failed")), el("p", {}, state.problem.text()))),
		field("code", { autocomplete: "off", autocapitalize: "characters", spellcheck: "false", class: "code", maxlength: 40 }),
		field("name", { autocomplete: "off", maxlength: NAME_MAX }),
		el("button", { type: "submit", class: "primary", "aria-disabled": String(state.busy) },
			t(state.busy ? "enrol.sending" : "enrol.submit")));
}

/** @param {Device} device */
function done(device) {
	const where = device.desk ? deskName(device.desk) : t("enrol.no_desk");
	return el("div", {},
		el("h1", { id: "done", tabindex: "-1" }, t("enrol.done")),
		el("div", { class: "notice go" }, icon("check"), el("p", {}, t("enrol.no_screen"))),
		el("dl", { class: "facts" },
			el("dt", {}, t("device.name")), el("dd", {}, device.name),
			el("dt", {}, t("device.kind")), el("dd", {}, t(`kind.${device.kind}`)),
			el("dt", {}, t("device.desk")), el("dd", {}, where)));
}

/** @param {string} [focus] id of what is to have the focus */
function draw(focus) {
	document.title = `${t(`${page}.title`)} · vaxline`;
	fill(document.body,
		el("header", { class: "bar" }, el("b", {}, "vaxline"), el("span", { class: "grow" }), languageChoice(() => draw())),
		el("main", {}, el("div", { class: "card" }, state.device ? done(state.device) : form())));
	if (focus) document.getElementById(focus)?.focus();
}

function takeCode() {
	const came = location.hash.slice(1);
	if (!came) return;
	state.code = came;
	history.replaceState(null, "", location.pathname);
}

takeCode();
await loadWords();
addEventListener("hashchange", () => {
	takeCode();
	draw("name");
});
draw(state.code ? "name" : "code");
