// Views and streams: the full picture on connecting, then at every change, each with its place in the log; a beat.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, SECOND, startSite, waitFor } from '../lib/site.mjs';
import { Hall, accepted, alarms } from '../lib/hall.mjs';

test('views and streams', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const [served, first, second] = [await hall.served('registration', 'registration-1'), await hall.waiting(), await hall.waiting()];
	const seated = await hall.observing();

	await t.test('each picture says when and where in the log', async () => {
		for (const view of ['board', 'alerts', 'observation', 'desk:registration-1', `ticket:${first.token}`]) {
			const picture = await site.board.view(view);
			assert.equal(Date.parse(picture.at), (await site.clock()).now, view);
			assert.match(picture.position, /^\d+-\d+$/, view);
		}
		const unknown = await site.board.get('/api/views/weather');
		assert.equal(unknown.status, 404, unknown.text);
	});

	await t.test('the board', async () => {
		const board = await site.board.view('board');
		const stage = (name) => (Array.isArray(board.stages) ? board.stages.find((s) => s.stage === name) : board.stages[name]);
		assert.equal(stage('registration').waiting, 2, JSON.stringify(board));
		assert.equal(stage('registration').serving, 1);
		assert.equal(stage('registration').done, 1);
		const desk = board.desks.find((d) => d.id === 'registration-1');
		assert.equal(desk.open, true);
		assert.match(JSON.stringify(desk), new RegExp(served.number));
		assert.equal(board.desks.length, 40);
		assert.doesNotMatch(JSON.stringify(board), /测试者/);
	});

	await t.test('observation: number, due, may leave - nothing else', async () => {
		const picture = await staff.screen.view('observation');
		assert.equal(picture.seats?.free ?? picture.seats_free ?? picture.free, 149, JSON.stringify(picture));
		const list = picture.tickets;
		assert.deepEqual(list, [{ number: seated.number, due_at: seated.visit.due_at, status: 'waiting' }]);
		await site.advanceTo(Date.parse(seated.visit.due_at) - 1);
		assert.equal((await staff.screen.view('observation')).tickets[0].status, 'waiting');
		const stream = await staff.screen.stream('observation');
		t.after(() => stream.close());
		await site.advance(1);
		await stream.until((s) => s.last.observation?.tickets[0]?.status === 'may_leave', 'may_leave on the stream');
	});

	await t.test('a desk sees who is here, who is called, who is next', async () => {
		const called = await site.board.desk('registration-2', 'call');
		assert.equal(called.body.visit.id, first.id);
		const second2 = JSON.stringify(await site.board.view('desk:registration-2'));
		assert.match(second2, new RegExp(first.number));
		assert.match(second2, new RegExp(second.number));
		assert.match(JSON.stringify(await staff.registration.view('desk:registration-1')), new RegExp(served.number));
	});

	await t.test('a ticket sees how many are ahead, and no health data but its own state', async () => {
		const ahead = await hall.waiting();
		const picture = await site.nobody().view(`ticket:${ahead.token}`);
		assert.equal(picture.state, 'queued');
		assert.equal(picture.ahead, 1, JSON.stringify(picture));
		assert.ok(!('person' in picture));
	});

	await t.test('a stream begins with every picture and goes on with every change', async () => {
		const stream = await site.board.stream('board,alerts,observation');
		t.after(() => stream.close());
		assert.match(stream.headers['content-type'], /^text\/event-stream/);
		assert.match(stream.headers['cache-control'], /no-cache|no-store/);
		await stream.until((s) => s.last.board && s.last.alerts && s.last.observation, 'all three');
		const seen = stream.messages.length;
		await site.board.unwell({ place: 'row 3' });
		await stream.until((s) => s.last.alerts.alerts.some((a) => a.place === 'row 3'), 'the alarm');
		await hall.waiting();
		await stream.until((s) => s.messages.slice(seen).some((m) => m.event === 'board'), 'the board again');
		for (const message of stream.messages) {
			assert.ok(['board', 'alerts', 'observation', 'beat'].includes(message.event), message.event);
			if (message.event === 'beat') continue;
			assert.match(message.id, /\d+-\d+/);
			assert.match(message.data.position, /^\d+-\d+$/);
		}
	});

	await t.test('a beat every two seconds with the time of the server', async () => {
		const stream = await staff.display.stream('observation');
		t.after(() => stream.close());
		const beats = await stream.until((s) => {
			const found = s.messages.filter((m) => m.event === 'beat');
			return found.length >= 2 && found;
		}, 'two beats');
		assert.ok(beats[1].received - beats[0].received > 1000);
		assert.equal(Date.parse(beats[0].data.at ?? beats[0].data.now), (await site.clock()).now, JSON.stringify(beats[0]));
	});

	await t.test('a view holds everything answered before it was asked', async () => {
		for (let i = 0; i < 20; i++) {
			const someone = await hall.waiting();
			const { position } = await site.board.view('board');
			const last = (await site.log()).at(-1).id;
			assert.equal(position, last);
			assert.equal((await site.nobody().view(`ticket:${someone.token}`)).state, 'queued');
		}
	});

	await t.test('many streams see the same, and one that goes harms nobody', async () => {
		const streams = await Promise.all(Array.from({ length: 30 }, () => staff.exit.stream('alerts')));
		t.after(() => streams.forEach((s) => s.close()));
		streams[0].close();
		await site.board.unwell({ place: 'row 9' });
		await Promise.all(streams.slice(1).map((s) =>
			s.until((x) => x.last.alerts?.alerts.some((a) => a.place === 'row 9'), 'the alarm everywhere')));
		const metrics = await waitFor(async () => (await site.nobody().get('/metrics')).text, 'metrics');
		assert.match(metrics, /stream/);
	});
});

test("a ticket's stream follows its person to every desk, also through each finish", async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const someone = await hall.newcomer();
	const name = `ticket:${someone.token}`;
	const stream = await site.nobody().stream(name);
	t.after(() => stream.close());
	const shows = (state, stage) => stream.until((s) => s.last[name]?.state === state && s.last[name].stage === stage, `${state} ${stage}`);
	await shows('queued', 'registration');
	for (const [stage, then] of [['registration', 'consent'], ['consent', 'injection']]) {
		await hall.do(someone, 'start', { desk: `${stage}-1` });
		await shows('serving', stage);
		await hall.do(someone, 'finish', { desk: `${stage}-1` });
		await shows('queued', then);
	}
});

test('many changes in a row are few pictures for a phone', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const someone = await hall.newcomer();
	const name = `ticket:${someone.token}`;
	const stream = await site.nobody().stream(name);
	t.after(() => stream.close());
	await stream.until((s) => s.last[name], 'the first picture');
	const began = Date.now();
	for (let i = 0; i < 60; i++) await hall.newcomer();
	await hall.do(someone, 'park');
	await stream.until((s) => s.last[name].state === 'parked', 'the last change');
	const pictures = stream.messages.filter((m) => m.event === name).length;
	assert.ok(pictures <= 3 + (Date.now() - began) / 500, `${pictures} pictures in ${Date.now() - began} ms`);
});

test('whoever waits to leave sees when the time is in doubt, and when it is not any more', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const someone = await hall.observing();
	await site.advanceTo(Date.parse(someone.visit.due_at));
	const screen = await site.device('observation', 'wall');
	const stream = await screen.stream('observation');
	t.after(() => stream.close());
	const says = (status) => stream.until((s) => s.last.observation?.tickets[0].status === status, status);
	await says('may_leave');
	assert.equal((await site.board.send('POST', '/api/clock', { doubt: true })).status, 200);
	await says('waiting');
	const [doubt] = await alarms(site.board, 'clock_doubt');
	accepted(await site.board.post(`/api/alerts/${doubt.id}/settle`, { outcome: 'confirmed' }));
	await says('may_leave');
});

test('each stream gets the views it asked for, also when another that shares them goes', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const opened = [];
	for (const views of ['alerts,board', 'board,observation', 'alerts', 'alerts,observation']) {
		const stream = await site.board.stream(views);
		t.after(() => stream.close());
		await stream.until((s) => views.split(',').every((view) => s.last[view]), views);
		opened.push(stream);
	}
	const [gone, board, alarm, both] = opened;
	gone.close();
	const { position } = await site.board.view('board');
	await site.board.unwell({ place: 'row 4' });
	for (const stream of [alarm, both]) await stream.until((s) => s.last.alerts.alerts.some((a) => a.place === 'row 4'), 'the alarm');
	await board.until((s) => s.last.board.position !== position, 'the board');
	const seen = (stream) => [...new Set(stream.messages.map((m) => m.event))].filter((e) => e !== 'beat').sort();
	assert.deepEqual(seen(board), ['board', 'observation']);
	assert.deepEqual(seen(alarm), ['alerts']);
	assert.deepEqual(seen(both), ['alerts', 'observation']);
});

test('a desk sees the new day begin', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const first = await hall.waiting();
	const stream = await site.board.stream('desk:registration-1');
	t.after(() => stream.close());
	const next = (numbers) => stream.until((s) => String(s.last['desk:registration-1']?.next) === String(numbers), `next ${numbers}`);
	await next([first.number]);
	accepted(await site.board.desk('registration-1', 'close'));
	await stream.until((s) => s.last['desk:registration-1'].open === false, 'closed');
	assert.equal((await site.board.post('/api/day/close')).status, 200);
	await next([]);
	await site.advance(24 * 60 * MINUTE);
	accepted(await site.board.desk('consent-1', 'close')); // opens the day
	await stream.until((s) => s.last['desk:registration-1'].open === true, 'open again, as configured', 10 * SECOND);
	const second = await hall.waiting();
	await next([second.number]);
});
