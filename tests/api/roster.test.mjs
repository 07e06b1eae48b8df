// Loading rosters: whole or nothing, once, in all three files of the data, and what is said of what is wrong.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, startSite, uuid, waitFor } from '../lib/site.mjs';
import { Hall, refused } from '../lib/hall.mjs';
import { DAY, csv, file, many } from '../lib/rosters.mjs';

const HOUR = 60 * MINUTE;
const roster = async (site, query = '') => {
	const answer = await site.board.get(`/api/roster${query}`);
	assert.equal(answer.status, 200, answer.text);
	return answer.body;
};
const count = async (site, type) => (await site.log()).filter((e) => e.type === type).length;

test('a roster of 2,000', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const id = uuid();
	const first = await site.board.roster(file('roster-2026-11-20.csv'), { id });

	await t.test('is loaded', async () => {
		assert.equal(first.status, 200, first.text);
		assert.deepEqual(first.body, { accepted: 2000, duplicates: 0, days: { [DAY]: 2000 }, rejected: [], warnings: [], unknown_columns: [] });
		const { day, expected, arrived, rows } = await roster(site);
		assert.deepEqual([day, expected, arrived, rows.length], [DAY, 2000, 0, 2000]);
		assert.equal(new Set(rows.map((row) => row.appointment)).size, 2000);
		for (const row of rows) {
			assert.match(row.appointment, /^[A-Z2-7]{24}$/);
			assert.equal(row.state, 'expected');
			assert.equal(row.number, null);
			assert.ok(row.person.name && row.person.birth_date);
			assert.ok(Date.parse(row.slot_to) > Date.parse(row.slot_from));
		}
		const { day: totals } = await site.board.get('/api/day').then((answer) => ({ day: answer.body }));
		assert.equal(totals.totals?.by_state?.expected ?? totals.by_state?.expected, 2000, JSON.stringify(totals));
	});

	await t.test('persons are for boards, and stand nowhere else', async () => {
		const { rows } = await roster(site);
		const program = await site.device('program');
		const { body, text } = await program.get('/api/roster');
		assert.equal(body.rows.length, 2000);
		const log = (await site.log()).map((e) => JSON.stringify({ ...e, data: { ...e.data, person: undefined } })).join('\n');
		for (const row of rows) {
			for (const secret of [row.person.name, row.person.id_number, row.person.phone].filter((s) => s?.length > 2)) {
				for (const where of [site.stderr, site.stdout, text, log]) assert.ok(!where.includes(secret));
			}
		}
	});

	await t.test('the slots are of the site\'s day', async () => {
		const { rows } = await roster(site);
		for (const row of rows) assert.equal(new Date(Date.parse(row.slot_from) + 8 * HOUR).toISOString().slice(0, 10), DAY);
	});

	await t.test('once, whoever asks again', async () => {
		const before = (await site.log()).length;
		for (let i = 0; i < 3; i++) {
			const again = await site.board.roster(file('roster-2026-11-20.csv'), { id });
			assert.deepEqual([again.status, again.text], [first.status, first.text]);
		}
		refused(await site.board.roster(file('roster-gb18030.csv'), { id }), 'id_reused', 422);
		refused(await site.board.roster(file('roster-2026-11-20.csv'), { id, query: '&partial=1' }), 'id_reused', 422);
		const other = await site.device('board', 'second board');
		refused(await other.roster(file('roster-2026-11-20.csv'), { id }), 'id_taken');
		assert.equal((await site.log()).filter((e) => e.type === 'roster_loaded' || e.type === 'expected').length, 2001);
		assert.ok((await site.log()).length - before <= 2, 'but for the second board');
	});

	await t.test('those expected already are duplicates', async () => {
		const again = await site.board.roster(file('roster-2026-11-20.csv'));
		assert.equal(again.status, 200);
		assert.deepEqual([again.body.accepted, again.body.duplicates], [0, 2000]);
		assert.equal((await roster(site)).expected, 2000);
	});

	await t.test('after a restart the same', async () => {
		const rows = await roster(site);
		await site.restart();
		await site.ready();
		assert.deepEqual(await roster(site), rows);
		const again = await site.board.roster(file('roster-2026-11-20.csv'), { id });
		assert.deepEqual([again.status, again.text], [first.status, first.text]);
		assert.equal((await site.replay()).hash, (await site.clock()).hash);
	});
});

test('GB18030 is read', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const answer = await site.board.roster(file('roster-gb18030.csv'), { headers: { 'content-type': 'text/csv; charset=gb18030' } });
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.accepted + answer.body.duplicates, 400);
	const { rows } = await roster(site);
	assert.ok(rows.every((row) => /^[\u3400-\u9fff\u{20000}-\u{3ffff}·A-Za-z' .-]+$/u.test(row.person.name)));
});

test('a roster in error', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const bad = file('roster-bad.csv');
	const nothing = async () => {
		assert.equal((await roster(site)).expected, 0);
		assert.equal(await count(site, 'expected'), 0);
		assert.equal(await count(site, 'roster_loaded'), 0);
	};
	await site.board.walkIn(); // opens the day

	await t.test('is kept out as a whole', async () => {
		const id = uuid();
		const body = refused(await site.board.roster(bad, { id }), 'roster_rejected', 422);
		assert.deepEqual(body.rejected.map((p) => [p.line, p.column]), [
			[5, 'id_number'], [7, 'birth_date'], [10, 'name'], [13, 'dose'], [16, 'slot'], [22, 'vaccine'], [25, null], [40, 'last_dose_date'],
		]);
		assert.deepEqual(body.warnings.map((p) => [p.line, p.column]), [[34, 'phone'], [37, 'guardian']]);
		for (const p of [...body.rejected, ...body.warnings]) assert.ok(p.problem.length > 5 && /^[a-z_0-9]+$/.test(p.code), JSON.stringify(p));
		assert.deepEqual([body.accepted, body.duplicates, body.days, body.unknown_columns], [31, 1, { [DAY]: 31 }, []]);
		await nothing();
		const again = await site.board.roster(bad, { id });
		assert.deepEqual(again.body, body, 'judged again, to the same end');
	});

	await t.test('is only looked at in a dry run', async () => {
		for (const query of ['&dry_run=1&partial=1', '&dry_run=1']) {
			const answer = await site.board.roster(bad, { query });
			assert.equal(answer.status, query.includes('partial') ? 200 : 422);
			assert.deepEqual([answer.body.accepted, answer.body.duplicates, answer.body.rejected.length], [31, 1, 8]);
			assert.deepEqual(answer.body.days, { [DAY]: 31 });
		}
		await nothing();
	});

	await t.test('is loaded but for the rows in error, where that is asked for', async () => {
		const id = uuid();
		const answer = await site.board.roster(bad, { id, query: '&partial=1' });
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual([answer.body.accepted, answer.body.duplicates, answer.body.rejected.length, answer.body.warnings.length], [31, 1, 8, 2]);
		assert.equal((await roster(site)).expected, 31);
		const again = await site.board.roster(bad, { id, query: '&partial=1' });
		assert.equal(again.text, answer.text);
		assert.equal((await roster(site)).expected, 31);
	});

	await t.test('markup and formulas are kept as typed', async () => {
		const { rows } = await roster(site);
		assert.ok(rows.some((row) => row.person.name.includes('<')), 'a name with markup');
		assert.ok(rows.some((row) => row.person.notes?.startsWith('=')), 'a note with a formula');
	});
});

test('what is no roster', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const board = site.board;
	const good = csv(many(1));

	await t.test('cannot be read', async () => {
		for (const [name, bytes] of Object.entries({
			empty: '', 'no header': '1,2,3\n', 'a column is missing': 'name,birth_date\na,1990-01-01\n', 'a picture': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]),
			'an open quote': 'name,birth_date,date,slot\n"a,1990-01-01,2026-11-20,08:00-08:30\n',
		})) {
			const answer = await board.roster(bytes);
			assert.equal(answer.status, 422, `${name}: ${answer.text}`);
			assert.equal(answer.body.code, 'bad_roster', name);
			assert.ok(answer.body.detail?.length > 5, name);
		}
	});

	await t.test('is not asked for rightly', async () => {
		for (const type of ['application/json', 'text/plain', 'text/csvx']) {
			refused(await board.roster(good, { headers: { 'content-type': type } }), 'not_csv', 415);
		}
		for (const id of ['', 'x', '0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6f0']) refused(await board.roster(good, { id }), 'invalid', 422);
		refused(await board.send('POST', '/api/roster', good, { 'content-type': 'text/csv' }), 'invalid', 422);
		for (const query of ['&partial=yes', '&dry_run=', '&dry_run=true', `&partial=${'1'.repeat(50)}`]) {
			refused(await board.roster(good, { query }), 'invalid', 422);
		}
		refused(await board.roster(Buffer.alloc(8 * 1024 * 1024 + 1, 0x61)), 'body_too_large', 413);
		for (const day of ['2026-02-30', 'today', '']) refused(await board.get(`/api/roster?day=${day}`), 'invalid', 422);
	});

	await t.test('and nothing of that is in the log', async () => {
		assert.ok((await site.log()).every((e) => e.type !== 'expected' && e.type !== 'roster_loaded'));
	});

	await t.test('other columns are named', async () => {
		const answer = await board.roster(csv([{ ...many(1)[0], colour: 'red', 'e-mail': 'x@example.org' }]));
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual(answer.body.unknown_columns, ['colour', 'e-mail']);
	});
});

test('lists are cut short, and say so', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const rows = [...many(1500, { dose: 'two' }), ...many(1500, { phone: '12' }).map((row, i) => ({ ...row, id_number: `F${10000000 + i}` }))];
	const answer = await site.board.roster(csv(rows), { query: '&partial=1' });
	assert.equal(answer.status, 200, answer.text.slice(0, 200));
	const { accepted, rejected, rejected_more: more, warnings, warnings_more: moreWarnings } = answer.body;
	assert.equal(accepted, 1500);
	assert.ok(rejected.length <= 1000 && rejected.length > 500);
	assert.deepEqual([rejected.length + more, warnings.length + moreWarnings], [1500, 1500]);
	assert.ok(answer.bytes.length < 200_000);
});

test('a roster for a day to come waits for it', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const kiosk = await site.device('kiosk');
	const rows = many(3, { date: '2026-11-21' });
	await site.board.walkIn(); // opens the day
	const answer = await site.board.roster(csv([...rows, ...many(1, { id_number: 'E99999999' })]));
	assert.deepEqual([answer.status, answer.body.accepted], [200, 4]);
	assert.equal((await roster(site)).expected, 1);
	const next = await roster(site, '?day=2026-11-21');
	assert.deepEqual([next.day, next.expected, next.arrived], ['2026-11-21', 3, 0]);
	assert.equal((await roster(site, '?day=2026-11-25')).expected, 0);

	const early = refused(await kiosk.checkIn({ appointment: next.rows[1].appointment }), 'wrong_day');
	assert.equal(early.day, '2026-11-21');
	refused(await kiosk.checkIn({ id_type: 'passport', id_number: 'E00000001' }), 'wrong_day');
	const again = await site.board.roster(csv(rows));
	assert.deepEqual([again.body.accepted, again.body.duplicates], [0, 3]);

	for (const visit of (await site.board.get('/api/roster')).body.rows) assert.ok(visit.appointment);
	const closed = await site.board.post('/api/day/close', { reason: 'test' });
	assert.equal(closed.status, 200, closed.text);
	await site.advance(24 * HOUR);
	const arrived = await kiosk.checkIn({ appointment: next.rows[1].appointment });
	assert.equal(arrived.status, 201, arrived.text);
	const today = await roster(site);
	assert.deepEqual([today.day, today.expected, today.arrived], ['2026-11-21', today.expected, 1]);
	assert.deepEqual(today.rows.map((row) => row.appointment).sort(), next.rows.map((row) => row.appointment).sort());
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

test('Redis killed in the middle of a load loses nothing and doubles nothing', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const text = csv(many(10_000));
	const id = uuid();
	await site.board.walkIn();
	const start = await events(site);
	const load = site.board.roster(text, { id });
	await waitFor(async () => (await events(site)) > start + 1000, 'part of the load');
	await site.killRedis9();
	await load;
	const answer = await waitFor(async () => {
		const again = await site.board.roster(text, { id });
		return ![409, 503].includes(again.status) && again;
	}, 'the end of the load');
	assert.deepEqual([answer.status, answer.body.accepted, answer.body.duplicates], [200, 10_000, 0]);
	assert.equal((await roster(site)).expected, 10_000);
	assert.equal(await count(site, 'roster_loaded'), 1);
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

// The number of events that the server has applied since it started.
async function events(site) {
	const answer = await site.nobody().get('/metrics');
	return Number(/^vaxline_events_total (\d+)$/m.exec(answer.text)[1]);
}

test('a server killed in the middle of a load leaves nothing of it', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const text = csv(many(10_000));
	const id = uuid();
	await site.board.walkIn();
	for (let kill = 1; kill <= 3; kill++) {
		const start = await events(site);
		const load = site.board.roster(text, { id }).then((answer) => answer.status, () => 'lost');
		await waitFor(async () => (await events(site)) > start + 1500 * kill, 'part of the load');
		await site.kill9();
		const how = await load;
		await site.start();
		await site.ready();
		const { expected } = await roster(site);
		assert.equal(expected, how === 200 ? 10_000 : 0, `${how}`);
		if (how === 200) break;
		assert.ok(await count(site, 'expected') > 0, 'rows were in the log');
	}
	const answer = await site.board.roster(text, { id });
	assert.deepEqual([answer.status, answer.body.accepted, answer.body.duplicates], [200, 10_000, 0]);
	assert.equal((await roster(site)).expected, 10_000);
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

test('one load at a time, and scans go on', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const someone = await hall.waiting();
	const kiosk = await site.device('kiosk');
	const text = csv(many(10_000));
	const id = uuid();
	const start = await events(site);
	let done = false;
	const load = site.board.roster(text, { id }).finally(() => (done = true));
	await waitFor(async () => (await events(site)) > start + 500 || done, 'part of the load');
	const busy = await Promise.all([site.board.roster(text, { id }), site.board.roster(csv(many(1))), site.board.roster(text, { query: '&dry_run=1' })]);
	let scans = 0;
	while (!done) {
		const scan = await kiosk.scan(someone.token);
		assert.equal(scan.body.code, 'where_to_go', scan.text);
		if (!done) scans++;
	}
	const answer = await load;
	assert.deepEqual([answer.status, answer.body.accepted], [200, 10_000]);
	assert.ok(scans > 3, `${scans} scans during the load`);
	for (const other of busy) {
		refused(other, 'roster_busy');
		assert.ok(Number(other.headers['retry-after']) > 0);
	}
	assert.equal((await site.board.roster(text, { id })).text, answer.text);
});

test('whoever asked may go away', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const text = csv(many(5000));
	const id = uuid();
	await site.board.walkIn();
	const start = await events(site);
	const lost = site.board.roster(text, { id }).then(() => false, () => true);
	await waitFor(async () => (await events(site)) > start + 100, 'the load to begin');
	site.agent.destroy();
	await lost;
	await waitFor(async () => (await site.board.roster(text, { id })).status === 200, 'the end of the load');
	assert.equal((await roster(site)).expected, 5000);
	assert.equal(await count(site, 'roster_loaded'), 1);
});

test('a board that is revoked loads nothing more', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	await site.board.walkIn();
	let answer;
	for (let i = 0; answer?.status !== 401; i++) { // one of them is cut short
		assert.ok(i < 10, answer?.text);
		const text = csv(many(10_000).map((row) => ({ ...row, id_number: `${'ABCDEFGHIJ'[i]}${row.id_number.slice(1)}` })));
		const other = await site.device('board', `board ${i}`);
		const start = await events(site);
		const load = other.roster(text);
		await waitFor(async () => (await events(site)) > start + 100, 'part of the load');
		assert.equal((await site.board.send('DELETE', `/api/devices/${other.device.id}`)).status, 200);
		answer = await load;
		const types = (await site.log()).map((e) => e.type);
		assert.ok(types.lastIndexOf('roster_loaded') < types.lastIndexOf('device_revoked'), 'loaded by nobody');
		assert.equal((await roster(site)).expected, answer.status === 200 ? (i + 1) * 10_000 : i * 10_000, answer.text);
	}
	assert.equal((await site.board.roster(csv(many(1, { id_number: 'Z00000001' })))).status, 200, 'others may');
});

test('the answer says for which days: the accepted rows by date, in order', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const rows = [...many(3, { date: '2027-11-21' }), ...many(5, { date: '2026-11-22' }), ...many(4)];
	const dry = await site.board.roster(csv(rows), { query: '&dry_run=1' });
	const wanted = [[DAY, 4], ['2026-11-22', 5], ['2027-11-21', 3]];
	assert.deepEqual(Object.entries(dry.body.days), wanted, dry.text);
	assert.deepEqual(Object.entries((await site.board.roster(csv(rows))).body.days), wanted);
	const again = (await site.board.roster(csv([...rows, ...many(6, { date: '2026-11-22' })]))).body;
	assert.deepEqual([again.accepted, again.days], [1, { '2026-11-22': 1 }], 'who is expected already does not count');
	assert.deepEqual((await site.board.roster(csv(rows))).body.days, {});
});
