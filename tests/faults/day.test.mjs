// A day of 300 through the real server and the real Redis, each killed five times on the way: everyone ends in exactly one
// final state; board, log, export and replay agree; no acknowledged command is lost or doubled, no alarm missed or raised
// twice. Seats are more than this day ever needs; the day of 2,000 fills them. The seed is printed; VAXLINE_SEED repeats a day.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Day } from '../lib/day.mjs';
import { verify } from '../lib/proof.mjs';
import { MANUAL, startSite } from '../lib/site.mjs';

test('a day of 300', async (t) => {
	const seed = Number(process.env.VAXLINE_SEED ?? Math.floor(Math.random() * 2 ** 31));
	t.diagnostic(`seed ${seed}`);
	const site = await startSite({ clock: MANUAL, retry: true, config: { observation: { seats: 400 } } }, t);
	const day = new Day(site, { seed, people: Number(process.env.VAXLINE_PEOPLE ?? 300), kills: Number(process.env.VAXLINE_KILLS ?? 5) });
	try {
		await day.run();
		await day.close();
		await verify(day);
		const { states } = day.summary();
		for (const state of ['completed', 'deferred', 'declined', 'left', 'left_early', 'transferred']) {
			assert.ok(states[state] > 0, `${state} in ${JSON.stringify(states)}`);
		}
		t.diagnostic(JSON.stringify(day.summary()));
	} catch (error) {
		error.message = `VAXLINE_SEED=${seed} at ${new Date(day.now ?? 0).toISOString()}: ${error.message}`;
		console.error(site.stderr.split('\n').slice(-30).join('\n'));
		throw error;
	}
});
