// What is seen while Redis is away for a moment: alarms stay shown, what is on disk is answered, pictures do not pile up;
// and a server that was itself away for a moment says nothing before it knows whose the site is.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Client, MANUAL, MINUTE, SECOND, pause, startSite, tempDir, uuid, waitFor } from '../lib/site.mjs';
import { Redis } from '../lib/redis.mjs';
import { badges, member } from '../lib/duty.mjs';
import { Hall, accepted, refused } from '../lib/hall.mjs';

const door = (id = uuid()) => ({ id, person: { name: '杨', birth_date: '1970-01-01' }, language: 'en' });
const places = (message) => message.data.alerts.map((a) => a.place);

// Once an alarm was on the stream, every later picture has it.
function nothingVanished(stream) {
	const shown = new Set();
	for (const message of stream.messages.filter((m) => m.event === 'alerts')) {
		const now = places(message);
		for (const place of shown) assert.ok(now.includes(place), `${place} vanished: ${message.id} has ${now}`);
		for (const place of now) if (place) shown.add(place);
	}
	return shown;
}

test('an alarm that was shown stays shown until it is settled, whatever becomes of Redis', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	await site.board.unwell({ place: 'row 0' });
	const stream = await site.board.stream('alerts');
	t.after(() => stream.close());
	await stream.until((s) => s.last.alerts, 'the first picture');
	const seen = (place) => stream.until((s) => s.last.alerts.alerts.some((a) => a.place === place), place);

	await t.test('stopped between alarms, and going on', async () => {
		const pid = site.redisPid();
		process.kill(pid, 'SIGSTOP');
		const answers = [];
		for (const place of ['row 1', 'row 2', 'row 3']) {
			answers.push(site.board.unwell({ place }));
			await seen(place);
			await pause(30); // longer than between two pictures
		}
		process.kill(pid, 'SIGCONT');
		for (const answer of await Promise.all(answers)) assert.ok([200, 202].includes(answer.status), answer.text);
		const { position } = await site.board.view('alerts');
		await stream.until((s) => s.last.alerts.position === position, 'what is on disk');
		assert.equal(nothingVanished(stream).size, 4);
	});

	await t.test('killed while alarms come', async () => {
		const answers = [];
		for (let i = 0; i < 60; i++) {
			if (i % 20 === 10) process.kill(await waitFor(() => site.redisPid(), 'a redis-server'), 'SIGKILL');
			answers.push(site.board.unwell({ place: `seat ${i}` }));
			await pause(5);
		}
		for (const answer of await Promise.all(answers)) assert.ok([200, 202].includes(answer.status), answer.text);
		await site.ready();
		await seen('seat 59');
		assert.equal(nothingVanished(stream).size, 64);
	});
});

test('while Redis is away, what rests on the disk is answered as ever', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const someone = await hall.observing();
	const known = door();
	const first = await staff.kiosk.send('POST', '/api/visits', known);
	assert.equal(first.status, 201, first.text);
	const reads = [
		[site.board, '/api/views/board'], [staff.screen, '/api/views/observation'], [staff.exit, '/api/views/alerts'],
		[site.board, '/api/views/desk:registration-1'], [site.nobody(), `/api/views/ticket:${someone.token}`],
		[site.board, `/api/visits/${someone.token}`], [site.board, '/api/day'], [site.board, '/api/devices'],
	];
	const before = await Promise.all(reads.map(([client, target]) => client.get(target)));
	const pid = site.redisPid();
	process.kill(pid, 'SIGSTOP');
	t.after(() => process.kill(pid, 'SIGCONT'));
	await waitFor(async () => (await site.nobody().get('/readyz')).status === 503, 'not ready');

	await t.test('reads, and repeats of what was acknowledged', async () => {
		for (const [i, [client, target]] of reads.entries()) {
			const answer = await client.get(target);
			assert.equal(answer.status, 200, `${target}: ${answer.text}`);
			assert.equal(Object.keys(answer.body).join(), Object.keys(before[i].body).join());
		}
		assert.equal((await staff.kiosk.send('POST', '/api/visits', known)).text, first.text);
		const stream = await site.board.stream('board,observation,alerts');
		t.after(() => stream.close());
		await stream.until((s) => s.last.board && s.last.observation && s.alert('storage_down'), 'all three');
	});

	await t.test('a repeat also after something that is not on disk', async () => {
		assert.equal((await staff.kiosk.unwell({ place: 'gate' })).status, 202);
		assert.equal((await staff.kiosk.send('POST', '/api/visits', known)).text, first.text);
		const alerts = await staff.exit.get('/api/views/alerts');
		assert.equal(alerts.status, 200, alerts.text);
		assert.ok(alerts.body.alerts.some((a) => a.place === 'gate'), 'danger is read as early as it is shown');
	});

	await t.test('but a new act is not taken', async () => {
		const answer = await staff.kiosk.send('POST', '/api/visits', { ...known, id: uuid() });
		assert.equal(answer.status, 503, answer.text);
	});
});

test('a list that is read anew while Redis is away counts when it is back', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { staff: [member('M1', ['supervisor'])] }, unstaffed: true }, t);
	const old = (await badges(site)).M1;
	await site.board.once('POST', '/api/session', { badge: old });
	const pid = site.redisPid();
	process.kill(pid, 'SIGSTOP');
	t.after(() => process.kill(pid, 'SIGCONT'));
	await waitFor(async () => (await site.nobody().get('/readyz')).status === 503, 'not ready');
	site.configure({ staff: [member('M1', ['supervisor'], { badge: 2 })] }); // the first is lost
	process.kill(site.child.pid, 'SIGHUP');
	await waitFor(() => site.stderr.includes(' reload_waits'), 'the signal to be heard');
	process.kill(pid, 'SIGCONT');
	await waitFor(() => site.stderr.includes(' reloaded '), 'the new list');
	await site.ready();
	assert.equal((await site.board.get('/api/session')).body.session, null);
	refused(await site.board.once('POST', '/api/session', { badge: old }), 'sign_on_refused', 403);
	assert.equal((await site.board.once('POST', '/api/session', { badge: (await badges(site)).M1 })).status, 200);
});

test('an exit at due while Redis is away is noted, not released', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const exit = await site.device('exit', 'south gate');
	const someone = await hall.observing();
	await site.advance(30 * MINUTE);
	const pid = site.redisPid();
	process.kill(pid, 'SIGSTOP');
	t.after(() => process.kill(pid, 'SIGCONT'));
	const id = uuid();
	const answer = await exit.scan(someone.token, { id });
	assert.equal(answer.status, 202, answer.text);
	assert.equal(answer.body.outcome, 'noted');
	assert.equal(answer.body.code, 'unconfirmed');
	assert.equal(answer.body.visit, null);
	assert.doesNotMatch(answer.text, /"(release|completed)"/);
	assert.equal((await exit.scan(someone.token, { id })).text, answer.text);
	process.kill(pid, 'SIGCONT');
	await site.ready();
	accepted(await exit.scan(someone.token, { id }), 'release', 'completed');
});

test('what changes while Redis is away is one picture a view afterwards', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	await hall.observing();
	const stream = await site.board.stream('board,alerts,observation');
	t.after(() => stream.close());
	await stream.until((s) => s.last.board && s.last.alerts && s.last.observation, 'the first pictures');
	const pid = site.redisPid();
	process.kill(pid, 'SIGSTOP');
	const answers = [];
	for (let i = 0; i < 15; i++) {
		answers.push(site.board.unwell({ place: `row ${i}` }));
		await stream.until((s) => s.last.alerts.alerts.some((a) => a.place === `row ${i}`), `row ${i}`);
		await pause(30); // longer than between two pictures
	}
	const kept = stream.messages.length;
	process.kill(pid, 'SIGCONT');
	await Promise.all(answers);
	const { position } = await site.board.view('board');
	await stream.until((s) => s.last.board.position === position && s.last.alerts.position === position, 'all of it');
	for (const view of ['board', 'alerts']) {
		const pictures = stream.messages.slice(kept).filter((m) => m.event === view).length;
		assert.ok(pictures <= 4, `${pictures} pictures of ${view}`);
	}
});

test('unwell is taken at the turn of a day, while thousands of known ids are carried over', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const stream = await site.board.stream('alerts');
	t.after(() => stream.close());
	const long = (n) => '长'.repeat(n);
	const person = { name: '高', birth_date: '1970-01-01', address: long(500), notes: long(500), community: long(200), guardian: long(200) };
	let left = 2400;
	await Promise.all(Array.from({ length: 64 }, async () => {
		while (left-- > 0) assert.equal((await site.board.post('/api/visits', { person, language: 'en' })).status, 201);
	}));
	assert.equal((await site.board.post('/api/day/close')).status, 200);
	await site.advance(24 * 60 * MINUTE);
	const pid = site.redisPid();
	process.kill(pid, 'SIGSTOP');
	t.after(() => process.kill(pid, 'SIGCONT'));
	const opening = site.board.unwell({ place: 'gate' });
	await waitFor(async () => {
		const { text: metrics } = await site.nobody().get('/metrics');
		return Number(/^vaxline_journal_pending_bytes (.*)$/m.exec(metrics)[1]) > 8 * 2 ** 20;
	}, 'more than 8 MiB on their way');
	const cry = site.board.unwell({ place: 'row 1' });
	await stream.until((s) => s.last.alerts?.alerts.some((a) => a.place === 'row 1'), 'the alarm');
	process.kill(pid, 'SIGCONT');
	for (const answer of await Promise.all([opening, cry])) assert.ok([200, 202].includes(answer.status), answer.text);
});

test('a server that was stopped while another took its site tells nothing of the past when it wakes', async (t) => {
	const redis = await Redis.start(t);
	const first = await startSite({ clock: MANUAL, redis: redis.url }, t);
	const known = door();
	const { ticket } = (await first.board.send('POST', '/api/visits', known)).body;
	const stream = await first.board.stream('board,alerts');
	t.after(() => stream.close());
	await stream.until((s) => s.last.board && s.last.alerts, 'the first pictures');
	const { pid } = first.child;
	process.kill(pid, 'SIGSTOP');
	const stopped = Date.now();
	const asked = [
		first.board.get(`/api/visits/${ticket.token}`), first.board.get('/api/views/board'), first.board.get('/api/day'),
		first.board.send('POST', '/api/visits', known), first.board.unwell({ place: 'gate' }),
	];
	const second = await startSite({ clock: MANUAL, redis: redis.url, dir: tempDir(t), setup: false }, t);
	second.board = new Client(second, first.board.token);
	await second.board.unwell({ place: 'row 2' });
	await waitFor(() => Date.now() - stopped > 1.5 * SECOND, 'longer than a turn of its loop may take');
	const before = stream.messages.length;
	process.kill(pid, 'SIGCONT');
	for (const answer of await Promise.all(asked)) assert.equal(answer.status, 503, answer.text);
	await stream.untilCut();
	/* Its own alarm may have been shown at once: danger is. */
	assert.deepEqual(stream.messages.slice(before).filter((m) => m.event === 'board'), []);
});
