/**
 * A fingerprint as two people read it to each other: groups of four, in rows. The page that hands out a certificate and
 * the board show it in the same way.
 */
import { el } from "./dom.mjs";

/** @param {string} text "AB:CD:.." */
export const fingerprint = (text) => el("p", { class: "fingerprint", translate: "no" },
	...(text.replaceAll(":", "").match(/.{1,4}/g) ?? []).map((group) => el("span", {}, `${group} `)));
