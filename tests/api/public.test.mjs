// Attendees' phones come in by a listener of their own, and find there what a ticket opens and nothing else.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT, startSite, waitFor } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

const PAGES = path.join(ROOT, 'kiosk/pages');

test('the public listener serves tickets and the pages, and no staff', async (t) => {
	const site = await startSite({ clock: 'manual:2026-11-20T00:00:00.000Z', args: ['--listen-public', '127.0.0.1:0'] }, t);
	const port = await waitFor(() => /listening_public port="?(\d+)/.exec(site.stderr)?.[1], 'the public port');
	const origin = `http://127.0.0.1:${port}`;
	const someone = await new Hall(site).waiting();
	const get = (address, headers = {}) => fetch(origin + address, { headers });

	for (const address of [`/api/views/ticket:${someone.token}`, `/api/tickets/${someone.token}.svg`]) {
		assert.equal((await get(address)).status, 200, address);
	}
	for (const address of [`/t/${someone.token}`, `/T/${someone.token}`, '/t/anything']) {
		const page = await get(address);
		assert.equal(page.status, 200, address);
		assert.match(page.headers.get('content-type'), /^text\/html/, address);
		assert.equal(await page.text(), fs.readFileSync(path.join(PAGES, 'ticket.html'), 'utf8'), address);
	}
	for (const file of ['ticket.mjs', 'style.css', 'icon.svg', 'messages/en.json']) {
		assert.equal((await get(`/pages/${file}`)).status, 200, file);
	}
	const cry = await fetch(`${origin}/api/unwell`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ id: randomUUID(), code: someone.token }),
	});
	assert.equal(cry.status, 200);

	const staff = { authorization: `Bearer ${site.board.token}` };
	assert.equal((await get('/api/views/board', staff)).status, 401);
	const hidden = [
		'/', '/board', '/setup', '/enrol', '/t/', '/T', `/t/${someone.token}/more`, '/api/devices', '/api/log', '/api/visits/W001',
		'/metrics', '/healthz', '/pages/', '/pages/.made', '/pages/package.json', '/pages/node_modules/typescript/package.json',
		'/pages/%2e%2e/vaxline', '/pages/../config/site.json',
	];
	for (const address of hidden) assert.equal((await get(address, staff)).status, 404, address);
});
