// A disk that runs full refuses who comes, never who is in danger or on the way out.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, startSite } from '../lib/site.mjs';
import { Hall, accepted, refused } from '../lib/hall.mjs';

const MOST_MIB = 1048576; // more than the disk of any machine that runs this has free

test('a disk with less free than disk.warn_mib, and less than disk.stop_mib', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const [seated, needled, waiting] = [await hall.observing(), await hall.injected(), await hall.waiting()];
	const restart = async (disk) => {
		await site.stop();
		site.configure({ disk });
		await site.start();
		await site.ready();
	};
	const door = () => staff.kiosk.post('/api/visits', { person: { name: '沈', birth_date: '1970-01-01' }, language: 'en' });

	await t.test('warned: an alarm, and all goes on', async () => {
		await restart({ warn_mib: MOST_MIB, stop_mib: 1 });
		const stream = await site.board.stream('alerts');
		t.after(() => stream.close());
		const alert = await stream.untilAlert('disk_low');
		assert.equal(alert.urgency, 2);
		assert.equal((await door()).status, 201);
	});

	await t.test('stopped: no check-in; exits, arrivals, desks and unwell as ever', async () => {
		await restart({ warn_mib: MOST_MIB, stop_mib: MOST_MIB - 1 });
		const stream = await site.board.stream('alerts');
		t.after(() => stream.close());
		await stream.untilAlert('disk_low');
		refused(await door(), 'disk_full');
		accepted(await staff.observation.scan(needled.token), 'arrive', 'observing');
		accepted(await staff.registration.scan(waiting.token), 'start', 'serving');
		await site.advance(30 * MINUTE);
		accepted(await staff.exit.scan(seated.token), 'release', 'completed');
		accepted(await staff.kiosk.unwell({ code: needled.token }), 'unwell', 'unwell');
	});

	await t.test('room again: the alarm ends by itself and people come in', async () => {
		await restart({});
		const stream = await site.board.stream('alerts');
		t.after(() => stream.close());
		await stream.untilNoAlert('disk_low');
		assert.equal((await door()).status, 201);
		const raised = (await site.log()).filter((e) => e.type === 'alert_raised' && e.data.kind === 'disk_low');
		assert.equal(raised.length, 1, 'one alarm all the time');
	});
});
