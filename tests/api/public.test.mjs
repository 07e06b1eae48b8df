// Attendees' phones come in by a listener of their own, and find there what a ticket opens and nothing else.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startSite, waitFor } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

test('the public listener serves tickets, and no staff', async (t) => {
	const site = await startSite({ clock: 'manual:2026-11-20T00:00:00.000Z', args: ['--listen-public', '127.0.0.1:0'] }, t);
	const port = await waitFor(() => /listening_public port="?(\d+)/.exec(site.stderr)?.[1], 'the public port');
	const origin = `http://127.0.0.1:${port}`;
	const someone = await new Hall(site).waiting();
	const get = (path, headers = {}) => fetch(origin + path, { headers });

	for (const path of [`/api/views/ticket:${someone.token}`, `/api/tickets/${someone.token}.svg`]) {
		assert.equal((await get(path)).status, 200, path);
	}
	const cry = await fetch(`${origin}/api/unwell`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ id: crypto.randomUUID(), code: someone.token }),
	});
	assert.equal(cry.status, 200);

	const staff = { authorization: `Bearer ${site.board.token}` };
	assert.equal((await get('/api/views/board', staff)).status, 401);
	for (const path of ['/', '/board', '/setup', '/api/devices', '/api/log', '/metrics', '/healthz']) {
		assert.equal((await get(path, staff)).status, 404, path);
	}
});
