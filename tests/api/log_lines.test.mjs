// What the server writes for its operator: one line each, and nothing in it that anybody typed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, MANUAL, MINUTE, exchange, startSite, uuid, waitFor } from '../lib/site.mjs';
import { Hall, accepted } from '../lib/hall.mjs';

const TOLD = [
	'configured', 'site_held', 'site_resumed', 'roll_call_started', 'roll_call_ended', 'roster_loaded', 'day_opened', 'day_closed', 'device_invited', 'device_enrolled', 'device_moved', 'device_revoked', 'desk_opened',
	'desk_closed', 'alert_raised', 'alert_repeated', 'alert_escalated', 'alert_acknowledged', 'alert_settled',
];
const LINE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warn|error) ([a-z_]+)((?: [a-z_]+="(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\n]|\\x[0-9a-f]{2})*")*)$/;

// Every whole line, as {level, event, fields}; a line of another form is an error.
function lines(site) {
	return site.stderr.split('\n').slice(0, -1).map((line) => {
		const found = LINE.exec(line);
		assert.ok(found, JSON.stringify(line));
		const fields = [...found[3].matchAll(/ ([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map((m) => [m[1], m[2]]);
		assert.equal(new Set(fields.map(([key]) => key)).size, fields.length, `twice the same key: ${line}`);
		return { level: found[1], event: found[2], fields: Object.fromEntries(fields), line };
	});
}

const named = (site, name) => lines(site).filter((l) => l.event === name);

// Words that nobody would write by chance, each with what would break a line, forge one or move a terminal.
let words = 0;
const planted = [];
function hostile() {
	const word = `Qz${words++}xj`;
	planted.push(word);
	return `${word}" error storage_lost why="${word}\\ %s%n%p\u001b[2J\u2028 张三`;
}
const hostileLine = () => `${hostile()}\n2026-11-20T00:00:00.000Z error forged by="nobody"\r\n`;
// Control characters are refused in names: then the words alone.
async function tried(send) {
	for (const words of [hostileLine(), hostile(), hostile().replace(/[^\x20-\x7e\u4e00-\u9fff]/g, '')]) {
		const answer = await send(words);
		if (answer.status < 300) return answer;
		assert.equal(answer.status, 422, answer.text);
	}
	throw new Error('no hostile word is taken at all');
}

test('what happens is told in lines of one form, and nobody can write in them', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);

	const invited = await tried((name) => site.board.post('/api/devices', { id: null, kind: 'handheld', name, desk: 'consent-2' }));
	const enrolled = await tried((name) => site.nobody().post('/api/enrol', { id: null, code: invited.body.code, name }));
	const device = enrolled.body.device.id;
	assert.equal((await site.board.send('PUT', `/api/devices/${device}`, { desk: 'consent-3' })).status, 200);
	assert.equal((await site.board.send('DELETE', `/api/devices/${device}`, {})).status, 200);

	const born = await tried((name) => staff.kiosk.post('/api/visits', {
		person: { name, birth_date: '1950-01-01', address: name, guardian: name, phone: '13900001111', id_type: 'passport', id_number: 'QX12345678' },
		language: 'en',
	}));
	const someone = { token: born.body.ticket.token, id: born.body.visit.id };
	await hall.do(someone, 'start', { desk: 'registration-1' });
	await hall.do(someone, 'finish');
	const person = await hall.observing();
	await staff.exit.scan(person.token);
	await tried((place) => site.board.unwell({ place }));
	await tried((place) => site.board.unwell({ code: person.token, place }));
	await site.board.unwell({ code: person.token });
	await site.advance(2 * MINUTE);
	const { alerts } = await site.board.view('alerts');
	const placed = alerts.find((a) => a.kind === 'unwell' && !a.visit);
	accepted(await site.board.post(`/api/alerts/${placed.id}/acknowledge`));
	assert.equal((await tried((outcome) => site.board.post(`/api/alerts/${placed.id}/settle`, { outcome, note: outcome }))).status, 200);
	accepted(await site.board.desk('consent-2', 'close'));
	accepted(await site.board.desk('consent-2', 'open'));
	assert.equal((await tried((reason) => site.board.post('/api/site/hold', { reason }))).status, 200);
	assert.equal((await tried((reason) => site.board.post('/api/site/resume', { reason }))).status, 200);
	accepted(await site.board.post('/api/site/roll_call_start'));
	accepted(await site.board.post('/api/site/roll_call_end'));
	for (const where of ['/api/visits/', '/api/views/', '/api/log?day=', '/pages/', '/']) {
		await exchange(site.port, { path: where + encodeURIComponent(hostileLine()), headers: { 'user-agent': hostile().replace(/[^\x20-\x7e]/g, ''), authorization: `Bearer ${site.board.token}` } });
	}
	await staff.kiosk.scan(hostileLine());
	await staff.kiosk.send('POST', '/api/visits', `{"person": {"name": "${hostileLine()}`);

	const events = await site.log();
	const last = events.filter((e) => TOLD.includes(e.type)).at(-1);
	await waitFor(() => named(site, last.type).some((l) => l.fields.event === last.id), 'the line of the last event');
	await t.test('one line for each event that is told, none for another', () => {
		for (const type of TOLD) {
			const ids = events.filter((e) => e.type === type).map((e) => e.id);
			const told = named(site, type).map((l) => l.fields.event).filter((id) => events.some((e) => e.id === id));
			assert.deepEqual(told, ids, type);
		}
		for (const { type } of events) if (!TOLD.includes(type)) assert.deepEqual(named(site, type), [], type);
		for (const type of ['device_enrolled', 'device_moved', 'device_revoked', 'desk_opened', 'desk_closed', 'alert_raised',
			'alert_repeated', 'alert_escalated', 'alert_acknowledged', 'alert_settled', 'day_opened', 'configured', 'site_held', 'site_resumed', 'roll_call_started', 'roll_call_ended']) {
			assert.ok(named(site, type).length > 0, type);
		}
	});

	await t.test('it says which, and who by its number', () => {
		const raised = named(site, 'alert_raised').find((l) => l.fields.kind === 'early_exit');
		assert.equal(raised.level, 'warn');
		assert.match(raised.line, / event="\d+-\d+" by="d\d+" kind="early_exit" level="\d"$/);
		assert.equal(named(site, 'day_opened')[0].fields.day, DAY);
		assert.equal(named(site, 'device_revoked')[0].fields.device, device);
		assert.deepEqual(named(site, 'device_moved').map((l) => l.fields.device), [device]);
		assert.ok(named(site, 'device_enrolled').some((l) => l.fields.kind === 'kiosk'));
		assert.equal(named(site, 'desk_closed').at(-1).fields.desk, 'consent-2');
		assert.ok(named(site, 'alert_escalated').every((l) => l.fields.kind === 'unwell' && Number(l.fields.level) > 0));
	});

	await t.test('a closed day, a restart and its replay', async () => {
		assert.equal((await site.board.post('/api/day/close')).status, 409, 'somebody is inside');
		const before = named(site, 'alert_raised').length;
		await site.restart();
		await site.ready();
		const serving = named(site, 'serving');
		assert.equal(serving.length, 2);
		assert.equal(serving[0].fields.replayed_events, '0');
		assert.ok(Number(serving[1].fields.replayed_events) >= events.length, serving[1].line);
		assert.match(serving[1].fields.replay_ms, /^\d+$/);
		assert.equal(serving[1].fields.epoch, '2');
		assert.equal(named(site, 'alert_raised').length, before, 'what is replayed is not told again');
		assert.equal(named(site, 'stopping').length, 1);
	});

	await t.test('no word that anybody typed, no ticket, no number, no token', async () => {
		assert.ok(planted.length > 20);
		for (const word of planted) assert.ok(!site.stderr.includes(word), word);
		const secrets = ['forged', '13900001111', 'QX12345678', born.body.ticket.token, born.body.visit.number, person.token, person.number,
			...Object.values(staff).map((s) => s.token)];
		for (const secret of secrets) assert.ok(!site.stderr.includes(secret), secret);
	});
});

test('a day that closes is told', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	await hall.bring('left');
	assert.equal((await site.board.post('/api/day/close')).status, 200);
	await waitFor(() => named(site, 'day_exported').length, 'the line of the file');
	assert.deepEqual(named(site, 'day_closed').map((l) => l.fields.day), [DAY]);
	assert.deepEqual(named(site, 'day_exported').map((l) => l.fields.day), [DAY]);
});

test('requests that fail are told once a second by route', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	await new Hall(site).waiting();
	const pid = site.redisPid();
	process.kill(pid, 'SIGSTOP');
	t.after(() => process.kill(pid, 'SIGCONT'));
	const failed = () => named(site, 'requests_failed').filter((l) => l.fields.route === '/api/visits');
	let sent = 0;
	await waitFor(async () => {
		const answers = await Promise.all(Array.from({ length: 10 }, () =>
			site.board.send('POST', '/api/visits', { id: uuid(), person: { name: 'A', birth_date: '1970-01-01' }, language: 'en' })));
		sent += answers.filter((a) => a.status === 503).length;
		return failed().length >= 2;
	}, 'lines about what failed');
	process.kill(pid, 'SIGCONT');
	await site.ready();
	await waitFor(() => failed().reduce((n, l) => n + Number(l.fields.count), 0) === sent, 'the rest of them');
	assert.ok(failed().length < sent / 5, `${failed().length} lines for ${sent} failures`);
	assert.ok(failed().every((l) => l.level === 'warn' && l.fields.status === '503'));
	assert.equal(named(site, 'storage_down').length, 1);
	await waitFor(() => named(site, 'storage_back').length === 1, 'its line');
});
