// A whole day of 2,000 through the real server and the real Redis, each killed five times on the way, with a restart of
// everything at noon: everyone ends in exactly one final state; board, roster, log, export, metrics and replay agree
// with the count kept beside and with one made from the file of the day; nobody was called out of turn, no room and no
// seat was taken twice. The seed is printed; VAXLINE_SEED repeats a day.
import assert from 'node:assert/strict';
import test from 'node:test';
import { CONFIG, HallDay } from '../lib/hall_day.mjs';
import { verify } from '../lib/proof.mjs';
import { MINUTE, startSite } from '../lib/site.mjs';

test('a day of 2,000', async (t) => {
	const seed = Number(process.env.VAXLINE_SEED ?? Math.floor(Math.random() * 2 ** 31));
	t.diagnostic(`seed ${seed}`);
	const site = await startSite({ clock: 'manual:2026-11-19T23:30:00.000Z', config: CONFIG, retry: true }, t);
	const day = new HallDay(site, { seed, kills: Number(process.env.VAXLINE_KILLS ?? 5) });
	try {
		await day.run();
		await day.close();
		const said = await verify(day);
		const { states } = day.summary();
		t.diagnostic(JSON.stringify(day.summary()));
		t.diagnostic(JSON.stringify(said));
		for (const state of ['completed', 'deferred', 'declined', 'left', 'left_early', 'transferred', 'no_show']) {
			assert.ok(states[state] > 0, `${state} in ${JSON.stringify(states)}`);
		}
		assert.ok(said.stoppedBySeats >= 60 * MINUTE, `the seats were full for ${said.stoppedBySeats / MINUTE} minutes`);
		assert.ok(day.resumed.length > 0);
		for (const kind of ['missing', 'seats_full', 'never_arrived', 'early_exit', 'unwell', 'device_silent']) {
			assert.ok(said.alarms[kind]?.alert_raised > 0, kind);
		}
	} catch (error) {
		error.message = `VAXLINE_SEED=${seed} at ${new Date(day.now ?? 0).toISOString()}: ${error.message}`;
		console.error(site.stderr.split('\n').slice(-30).join('\n'));
		throw error;
	}
});
