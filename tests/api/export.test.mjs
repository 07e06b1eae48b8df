// A closed day that cannot be written is written as soon as it can.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { startSite, waitFor } from '../lib/site.mjs';
import { Hall } from '../lib/hall.mjs';

test('an export that failed is tried again', async (t) => {
	const site = await startSite({ clock: 'manual:2026-11-20T00:00:00.000Z' }, t);
	await new Hall(site).waiting();
	const days = path.join(site.dir, 'days');
	fs.writeFileSync(days, 'in the way');
	assert.equal((await site.board.post('/api/day/close', {})).status, 200);
	await waitFor(() => site.stderr.includes('day_not_exported'), 'the failure');
	fs.rmSync(days);
	const file = path.join(days, '2026-11-20.ndjson');
	await waitFor(() => fs.existsSync(file), 'the file of the day', 60_000);
	const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
	assert.deepEqual(lines, await site.log());
});
