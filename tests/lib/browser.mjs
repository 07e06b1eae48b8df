// A browser for a test, and a door between it and the site.
//
//   Chromium ── door (one address for the whole test) ── the server, wherever it listens now
//
// A page knows one origin, but a restarted server has another port. The door forwards bytes to the port of the moment; it
// can also be held, so that open connections stay open and nothing comes any more.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { ROOT, tempDir } from './site.mjs';

const require = createRequire(path.join(ROOT, 'kiosk/pages/package.json'));
const { chromium } = require('playwright-core');
const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
	'--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--autoplay-policy=user-gesture-required',
];
// A device is set to any zone; what a page tells is in the site's.
const ELSEWHERE = 'America/New_York';
export const PAGE_BOUND_MS = 30_000;

// {origin, hold(), release(), close()}
export async function openDoor(site, t) {
	const pairs = new Set();
	let held = false;
	const server = net.createServer((inside) => {
		const outside = net.connect(site.port, '127.0.0.1');
		const pair = [inside, outside];
		const end = () => {
			pairs.delete(pair);
			for (const socket of pair) socket.destroy();
		};
		pairs.add(pair);
		for (const socket of pair) socket.on('error', end).on('close', end);
		inside.pipe(outside);
		outside.pipe(inside);
		if (held) outside.pause();
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const close = () => {
		server.close();
		for (const pair of pairs) for (const socket of pair) socket.destroy();
	};
	t?.after(close);
	return {
		origin: `http://127.0.0.1:${server.address().port}`,
		hold() {
			held = true;
			for (const [, outside] of pairs) outside.pause();
		},
		release() {
			held = false;
			for (const [, outside] of pairs) outside.resume();
		},
		close,
	};
}

// A page in a browser of its own, with a fresh profile. `errors` gathers what the page threw and what its policy refused;
// `strangers` gathers requests that would leave the site. flags: more of the command line; prepare: what is done to the
// new home before.
export async function openPage(t, origin, { width = 1440, height = 900, flags = [], prepare = async () => {} } = {}) {
	const dir = tempDir();
	await prepare(dir);
	const context = await chromium.launchPersistentContext(dir, {
		executablePath: PROGRAM, headless: true, args: [...FLAGS, ...flags], viewport: { width, height }, timezoneId: ELSEWHERE,
		env: { ...process.env, HOME: dir, XDG_CONFIG_HOME: dir, XDG_RUNTIME_DIR: dir, PULSE_RUNTIME_PATH: dir },
	});
	t?.after(async () => {
		await context.close(); // which still writes into its profile
		fs.rmSync(dir, { recursive: true, force: true });
	});
	const page = context.pages()[0] ?? (await context.newPage());
	const errors = [];
	const strangers = [];
	page.setDefaultTimeout(PAGE_BOUND_MS);
	page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
	page.on('console', (message) => {
		if (/Content Security Policy/i.test(message.text())) errors.push(message.text());
	});
	page.on('request', (request) => {
		if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) strangers.push(request.url());
	});
	return { page, context, errors, strangers };
}

// What axe-core finds that is serious or critical, one line each.
export async function seriousFaults(page) {
	await page.evaluate(`${AXE}; 0`);
	const { violations } = await page.evaluate(() => globalThis.axe.run());
	return violations
		.filter((v) => v.impact === 'serious' || v.impact === 'critical')
		.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
}

// Buttons, links and fields that are shown and smaller than a finger.
export function smallTargets(page, least = 44) {
	return page.evaluate((size) => [...document.querySelectorAll('button, a, input, select')]
		.map((node) => ({ box: node.getBoundingClientRect(), text: node.textContent || node.id }))
		.filter(({ box }) => box.width > 0 && (box.width < size || box.height < size))
		.map(({ box, text }) => `${text}: ${box.width} x ${box.height}`), least);
}
