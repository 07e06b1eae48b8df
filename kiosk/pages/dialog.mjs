/**
 * Dialogs, and buttons that act: one that is pressed waits for its answer, and says what was wrong beside itself.
 */
import { Problem } from "./api.mjs";
import { el, fill, icon } from "./dom.mjs";
import { t } from "./words.mjs";

let count = 0;

/**
 * A dialog over the page; closed by its button or Escape, then gone.
 * @param {string} title
 * @param {...import("./dom.mjs").Child} content
 */
export function dialog(title, ...content) {
	const id = `dialog-${++count}`;
	const node = el("dialog", { "aria-labelledby": id },
		el("div", { class: "dialog-head" },
			el("h2", { id }, title),
			el("button", { type: "button", class: "quiet", onclick: () => node.close() }, icon("close"), t("dialog.close"))),
		...content);
	node.addEventListener("close", () => node.remove());
	document.body.append(node);
	node.showModal();
	return node;
}

/**
 * A button that carries something out. While that is under way it says so and cannot be pressed again.
 * @param {string} word
 * @param {() => Promise<unknown>} act
 * @param {{class?: string, label?: string, problem?: (problem: Problem) => string, done?: () => void}} [options]
 */
export function button(word, act, options = {}) {
	const wrong = el("p", { class: "error", role: "alert" });
	const node = el("button", {
		type: "button", class: options.class, "aria-label": options.label,
		onclick: async () => {
			if (node.getAttribute("aria-busy") === "true") return;
			node.setAttribute("aria-busy", "true");
			fill(node, t("button.busy"));
			fill(wrong);
			try {
				await act();
				options.done?.();
			} catch (problem) {
				if (!(problem instanceof Problem)) throw problem;
				fill(wrong, icon("lost"), options.problem?.(problem) ?? problem.text());
			} finally {
				node.removeAttribute("aria-busy");
				fill(node, word);
			}
		},
	}, word);
	return el("span", { class: "act" }, node, wrong);
}
