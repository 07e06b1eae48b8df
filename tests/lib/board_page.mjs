// The board's page in a test: set up by its link, read by its selectors, held against what every page must keep.
// SCREENSHOTS=DIR keeps pictures.
import assert from 'node:assert/strict';
import path from 'node:path';
import { openDoor, openPage, seriousFaults, smallTargets } from './browser.mjs';
import { Hall } from './hall.mjs';
import { startSite, waitFor } from './site.mjs';

const KEPT = process.env.SCREENSHOTS;
const KEYS = /\b(?:board|ca(?!\.crt)|trust|alerts?|desks?|stage|state|code|act|class|correct|day|devices?|duty|ends|event|find|hold|pause|role|roll|roster|seats|sex|sign_on|staff|unfit)\.\w+/;
export const LANGUAGES = ['zh-Hant', 'en', 'zh-Hans'];

// Text of the first element that the selector finds, once it is there.
export const text = async (page, selector) => (await page.locator(selector).first().textContent())?.trim();
export const shows = (page, selector, wanted) =>
	waitFor(async () => {
		const said = await text(page, selector);
		return wanted instanceof RegExp ? wanted.test(said) : said === wanted;
	}, `${selector} to show ${wanted}`);
// One of those that the locator finds says it.
export const says = (locator, wanted) =>
	waitFor(async () => (await locator.allTextContents()).some((said) => wanted.test(said)), `${locator} to say ${wanted}`);

export async function faultless({ page, errors, strangers }, name) {
	if (KEPT) await page.screenshot({ path: path.join(KEPT, `${name}.png`) });
	assert.deepEqual(await seriousFaults(page), [], name);
	assert.deepEqual(await smallTargets(page), [], name);
	assert.deepEqual(errors, [], name);
	assert.deepEqual(strangers, [], `${name}: requests that leave the site`);
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
	assert.ok(wide <= 0, `${name}: ${wide} px too wide`);
	assert.doesNotMatch(await page.locator('body').innerText(), KEYS, `${name}: a text is missing`);
}

// In each language, and as small as a phone. `open` brings up what is looked at, Escape takes it away.
export async function faultlessEverywhere(view, name, open = async () => {}) {
	const { page } = view;
	const big = page.viewportSize();
	for (const lang of LANGUAGES) {
		await page.locator(`.languages [lang="${lang}"]`).click();
		await page.locator(`html[lang="${lang}"]`).waitFor();
		await open(lang);
		await faultless(view, `${name}-${lang}`);
		await page.setViewportSize({ width: 412, height: 915 });
		await faultless(view, `${name}-${lang}-phone`);
		await page.setViewportSize(big);
		await page.keyboard.press('Escape');
	}
}

export async function setUp(site, door, t) {
	const view = await openPage(t, door.origin);
	await view.page.goto(`${door.origin}/setup#${site.setupCode}`);
	await view.page.fill('#name', '指挥屏一号');
	await faultless(view, 'setup');
	assert.equal(new URL(view.page.url()).hash, '', 'the code does not stay in the address');
	await view.page.click('button[type=submit]');
	await view.page.waitForURL('**/board');
	await view.page.waitForSelector('.live[data-state=live]');
	return view;
}

// The token of the page's cookie, so that the test can act as that board; a stand-in is signed on there, for what the page
// itself does, unless the site has none.
export async function actAs(site, view) {
	const cookie = (await view.context.cookies()).find((c) => c.name.endsWith('vaxline'));
	assert.ok(cookie.httpOnly && cookie.sameSite === 'Strict');
	site.board = Object.assign(site.nobody(), { token: cookie.value });
	if (site.options.unstaffed || !(await site.duty.badge(site.board.token))) return;
	const answer = await site.board.signOn();
	assert.equal(answer.status, 200, answer.text);
}

// {site, door, view, page, hall}: a site with its board on the screen.
export async function startBoard(options, t) {
	const site = await startSite({ ...options, enrol: false }, t);
	const door = await openDoor(site, t);
	const view = await setUp(site, door, t);
	await actAs(site, view);
	return { site, door, view, page: view.page, hall: new Hall(site) };
}
