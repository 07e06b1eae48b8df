// The log of a day that is over is read from its file, alike in every way to the log of the open one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { startSite } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

const DAY = '2026-11-20';
const DAY_MS = 24 * 3600 * 1000;

test('yesterday is read from its file', async (t) => {
	const site = await startSite({ clock: `manual:${DAY}T00:00:00.000Z` }, t);
	const hall = new Hall(site);
	await hall.waiting();
	await hall.waiting();
	assert.equal((await site.board.post('/api/day/close', {})).status, 200);
	const yesterday = await site.log(`day=${DAY}`);
	assert.equal(yesterday.at(-1).type, 'day_closed');
	await site.advance(DAY_MS);
	await new Hall(site).waiting();
	assert.equal((await site.log())[0].type, 'day_opened');
	assert.equal((await site.log())[0].data.day, '2026-11-21');

	assert.deepEqual(await site.log(`day=${DAY}`), yesterday);
	assert.deepEqual(await site.log(`day=${DAY}&limit=2`), yesterday.slice(0, 2));
	assert.deepEqual(await site.log(`day=${DAY}&after=${yesterday[3].id}&limit=3`), yesterday.slice(4, 7));
	assert.deepEqual(await site.log(`day=${DAY}&after=${yesterday.at(-1).id}`), []);
	assert.deepEqual(await site.log('limit=0'), []);
	assert.equal((await site.board.get('/api/log?day=2026-11-19')).status, 404);
});

test('who stops listening in the middle harms nobody', async (t) => {
	const site = await startSite({ clock: `manual:${DAY}T00:00:00.000Z` }, t);
	const hall = new Hall(site);
	for (let i = 0; i < 20; i++) await hall.waiting();
	const all = await site.log();
	for (let i = 0; i < 20; i++) {
		const stop = new AbortController();
		const answer = await fetch(`http://127.0.0.1:${site.port}/api/log`, {
			headers: { authorization: `Bearer ${site.board.token}` }, signal: stop.signal,
		});
		stop.abort();
		await answer.text().catch(() => {});
	}
	assert.deepEqual(await site.log(), all);
});
