/**
 * How a device comes to trust this site, seen from the board: the QR leads it to the page that hands out the CA, and what
 * it shows there is compared with the fingerprint here. Beside that, until when the certificate is good.
 */
import { Problem, request } from "./api.mjs";
import { dialog } from "./dialog.mjs";
import { el, fill, icon } from "./dom.mjs";
import { fingerprint } from "./fingerprint.mjs";
import { siteZone } from "./session.mjs";
import { language, t } from "./words.mjs";

/** @typedef {import("./types.mjs").Tls} Tls */

const DAY_MS = 86_400_000;
/** With fewer days left it is time to renew. */
const RENEW_DAYS = 30;
const RENEW = "vaxline tls renew";
const INIT = "vaxline tls init";

/** @param {string} at */
const daysLeft = (at) => Math.floor((Date.parse(at) - Date.now()) / DAY_MS);
/** @param {string} at */
const dateOf = (at) => new Date(at).toLocaleDateString(language(), { timeZone: siteZone(), year: "numeric", month: "long", day: "numeric" });

/** @param {string} at */
function until(at) {
	const days = daysLeft(at);
	if (days < 0) return el("span", { class: "mark" }, icon("lost"), t("trust.ended", { date: dateOf(at) }));
	const said = t("trust.days", { date: dateOf(at), days });
	return days < RENEW_DAYS ? el("span", { class: "mark" }, icon("lost"), said) : el("span", {}, said);
}

/** @param {string} text @param {string} typed */
const how = (text, typed) => el("p", {}, text, " ", el("code", { translate: "no" }, typed));

/** @param {NonNullable<Tls["ca"]>} ca */
const invitation = (ca) => el("div", { class: "trust" },
	el("img", { class: "qr", src: ca.qr_svg, alt: t("trust.qr"), width: 220, height: 220 }),
	el("div", {},
		el("h3", {}, t("trust.scan")),
		el("p", { class: "link", translate: "no" }, ca.url),
		el("h3", {}, t("trust.compare")),
		fingerprint(ca.fingerprint)));

/** @param {NonNullable<Tls["certificate"]>} certificate @param {Tls["ca"]} ca */
const facts = (certificate, ca) => el("dl", { class: "facts" },
	el("dt", {}, t("trust.names")), el("dd", {}, certificate.names.join(", ")),
	el("dt", {}, t("trust.until")), el("dd", { class: "until" }, until(certificate.not_after)),
	el("dt", {}, t("trust.issuer")), el("dd", {}, certificate.issuer),
	...(ca ? [el("dt", {}, t("trust.ca_until")), el("dd", {}, until(ca.not_after))] : []));

/** @param {NonNullable<Tls["certificate"]>} certificate @param {Tls["ca"]} ca */
function secured(certificate, ca) {
	const soon = daysLeft(certificate.not_after) < RENEW_DAYS;
	const renew = how(t("trust.renew"), RENEW);
	return [
		ca ? invitation(ca) : el("p", { class: "notice look" }, icon("lost"), t("trust.no_ca", { issuer: certificate.issuer })),
		facts(certificate, ca),
		ca && (soon
			? el("div", { class: "notice look" }, icon("lost"), el("div", {}, el("b", {}, t("trust.renew_soon")), renew))
			: el("div", { class: "soft" }, renew)),
	];
}

const insecure = () => el("div", { class: "notice look" }, icon("lost"),
	el("div", {}, el("b", {}, t("trust.insecure")), how(t("trust.insecure_hint"), INIT)));

export async function openTrust() {
	const place = el("div", { class: "trust-place" }, el("p", { class: "soft" }, t("board.wait")));
	dialog(t("trust.title"), place);
	try {
		const { certificate, ca } = /** @type {Tls} */ (await request("GET", "/api/tls"));
		fill(place, ...(certificate ? secured(certificate, ca) : [insecure()]));
	} catch (problem) {
		if (!(problem instanceof Problem)) throw problem;
		fill(place, el("p", { class: "error", role: "alert" }, icon("lost"), problem.text()));
	}
}
