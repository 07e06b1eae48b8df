// What is seen of a full hall: displays, the whole board, desks and tickets, each told of every change; strangers see numbers.
import assert from 'node:assert/strict';
import net from 'node:net';
import test from 'node:test';
import { MANUAL, MINUTE, SECOND, startSite, uuid, waitFor } from '../lib/site.mjs';
import { DOSE, Hall, accepted, refused } from '../lib/hall.mjs';
import { misfits } from '../lib/schema.mjs';

const NAMED = /测试者|1970-05-17|"person"/;

const numbers = (list) => list.map((one) => one.number);

test('a display shows who is called, who may come in, who is next; numbers and nothing else', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { rooms: { registration: 3, consent: 0 } } }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const view = (name = 'registration') => staff.display.view(`display:${name}`);
	const people = [];
	for (let i = 0; i < 6; i++) {
		people.push(await hall.newcomer());
		await site.advance(SECOND);
	}
	const n = people.map((p) => p.number);

	await t.test('in a room of three, three are asked in', async () => {
		const picture = await view();
		assert.deepEqual(picture.admitted, n.slice(0, 3));
		assert.deepEqual(picture.next, n);
		assert.equal(picture.waiting, 6);
		assert.equal(picture.hall, 3);
		assert.equal(picture.capacity, 3);
		assert.deepEqual(picture.calls, []);
		assert.equal(picture.stage, 'registration');
	});

	await t.test('a call is on the wall at once, and in the picture of all', async () => {
		const stream = await staff.display.stream('display:registration,display:all');
		t.after(() => stream.close());
		await stream.until((s) => s.last['display:registration'] && s.last['display:all'], 'both');
		const called = await site.board.desk('registration-4', 'call');
		assert.equal(called.status, 200, called.text);
		const wanted = { number: n[0], desk: 'registration-4', at: new Date((await site.clock()).now).toISOString() };
		const [one] = (await stream.until((s) => s.last['display:registration'].calls.length === 1 && s.last['display:registration'].calls));
		assert.deepEqual(one, wanted);
		const [all] = await stream.until((s) => s.last['display:all'].calls.length === 1 && s.last['display:all'].calls);
		assert.deepEqual(all, { ...wanted, stage: 'registration' });
		assert.equal(stream.last['display:all'].stages.registration.waiting, 5);
		assert.equal(stream.last['display:all'].stages.consent.capacity, null);
	});

	await t.test('whoever leaves the room lets the next one in', async () => {
		await hall.do(people[0], 'start', { desk: 'registration-4' });
		await hall.do(people[0], 'finish', { desk: 'registration-4' });
		assert.deepEqual((await view()).admitted, n.slice(1, 4));
		assert.deepEqual((await view()).calls, []);
		assert.equal((await site.nobody().view(`ticket:${people[3].token}`)).next.place, 'room');
		const outside = await site.nobody().view(`ticket:${people[4].token}`);
		assert.equal(outside.next.place, 'hall');
		assert.equal(outside.admitted, false);
	});

	await t.test('the one who is unwell is not there, and nothing says so', async () => {
		assert.equal((await site.board.desk('registration-5', 'call')).body.visit.number, n[1]);
		assert.deepEqual(numbers((await view()).calls), [n[1]]);
		await site.board.unwell({ code: people[1].token });
		for (const name of ['registration', 'all']) {
			const text = JSON.stringify(await view(name));
			assert.doesNotMatch(text, /unwell/);
			assert.doesNotMatch(text, new RegExp(n[1]));
			assert.doesNotMatch(text, NAMED);
		}
	});

	await t.test('an expected time is there for who comes now', async () => {
		assert.ok(Number.isInteger((await view()).expected_minutes));
	});

	await t.test('there is none of a stage without desks, nor for who may not see it', async () => {
		assert.equal((await site.board.get('/api/views/display:observation')).status, 404);
		assert.equal((await site.board.get('/api/views/display:weather')).status, 404);
		assert.equal((await staff.exit.get('/api/views/display:all')).status, 403);
		assert.equal((await site.nobody().get('/api/views/display:all')).status, 401);
	});
});

test('a party is seen whole: at its desk, on the board, and how many on the ticket', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const party = uuid();
	const family = [];
	for (let i = 0; i < 3; i++) family.push(await hall.newcomer(undefined, { party }));
	const stream = await site.board.stream('desk:registration-2,board');
	t.after(() => stream.close());
	const called = await site.board.desk('registration-2', 'call');
	assert.deepEqual(numbers(called.body.party), numbers(family));
	await stream.until((s) => s.last['desk:registration-2']?.party.length === 3, 'three called');
	await hall.do(family[1], 'start', { desk: 'registration-2' });
	const desk = await stream.until((s) => s.last['desk:registration-2'].here && s.last['desk:registration-2'], 'one is served');
	assert.equal(desk.here.number, family[1].number);
	assert.equal(desk.called.number, family[0].number);
	const board = await site.board.view('board');
	const shown = board.desks.find((d) => d.id === 'registration-2');
	assert.deepEqual(shown.called_all, [family[0].number, family[2].number]);
	assert.deepEqual(shown.serving_all, [family[1].number]);
	assert.equal(board.stages.registration.called, 2);
	assert.equal((await site.nobody().view(`ticket:${family[2].token}`)).party, 3);
});

test('calls to the needle stop with the seats, and go on when one frees: the desk sees it at once', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { observation: { seats: 2 } } }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const first = await hall.observing();
	await site.advance(MINUTE);
	await hall.observing();
	const waiting = await hall.waiting('injection');
	const stream = await site.board.stream('desk:injection-1,desk:injection-2,board');
	t.after(() => stream.close());
	const paused = await stream.until((s) => s.last['desk:injection-2']?.paused, 'paused');
	assert.deepEqual(paused, { why: 'seats_full', until: first.visit.due_at });
	const body = refused(await site.board.desk('injection-1', 'call'), 'paused');
	assert.equal(body.why, 'seats_full');
	assert.equal(body.until, first.visit.due_at);
	assert.match(body.detail, /00:30:00 UTC/);
	const { seats, stages } = await site.board.view('board');
	assert.deepEqual(seats, { total: 2, taken: 2, free: 0, committed: 2, next_free_at: first.visit.due_at });
	assert.equal(stages.injection.paused.why, 'seats_full');
	assert.deepEqual((await staff.screen.view('observation')).seats, seats);

	await site.advanceTo(Date.parse(first.visit.due_at));
	assert.equal((await site.board.view('desk:injection-1')).paused.why, 'seats_full', 'a due time alone frees no seat');
	const freed = Date.now();
	accepted(await staff.exit.scan(first.token));
	await stream.until((s) => s.last['desk:injection-1'].paused === null && s.last['desk:injection-2'].paused === null, 'on again');
	assert.ok(Date.now() - freed < 1000 * 3, `${Date.now() - freed} ms`);
	assert.equal((await site.board.desk('injection-1', 'call')).body.visit.id, waiting.id);
	assert.equal((await site.board.view('desk:injection-2')).paused, null, 'nobody waits any more');
});

test('a seat kept for who left early is free when their time is over, and the desk sees it without an event', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { observation: { seats: 1 } } }, t);
	const hall = new Hall(site);
	const leaver = await hall.observing();
	await hall.do(leaver, 'walked_out');
	await hall.waiting('injection');
	const stream = await site.board.stream('desk:injection-1,board');
	t.after(() => stream.close());
	assert.equal((await stream.until((s) => s.last['desk:injection-1']?.paused, 'paused')).why, 'seats_full');
	await site.advanceTo(Date.parse(leaver.visit.due_at) - 1);
	assert.equal((await site.board.view('desk:injection-1')).paused.why, 'seats_full');
	await site.advance(1);
	await stream.until((s) => s.last['desk:injection-1'].paused === null, 'on again');
	await stream.until((s) => s.last.board.stages.injection.paused === null, 'the board');
	assert.equal((await site.board.desk('injection-1', 'call')).status, 200);
});

test('a hold is seen everywhere at once, and by whom it is felt', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const someone = await hall.newcomer();
	await hall.bring('left_early');
	const seated = await hall.observing();
	const stream = await site.board.stream('board,desk:registration-1,display:registration,display:all');
	const phone = await site.nobody().stream(`ticket:${someone.token}`);
	t.after(() => [stream, phone].forEach((s) => s.close()));
	const held = await site.board.post('/api/site/hold', { reason: 'no clinician' });
	assert.equal(held.status, 200, held.text);
	assert.equal(held.body.hold.on, true);
	const board = await stream.until((s) => s.last.board?.hold.on && s.last.board, 'the board');
	assert.equal(board.hold.reason, 'no clinician');
	assert.deepEqual(numbers(board.inside), [someone.number, seated.number]);
	await stream.until((s) => s.last['desk:registration-1'].hold && s.last['desk:registration-1'].paused.why === 'hold', 'the desk');
	await stream.until((s) => s.last['display:registration'].hold && s.last['display:all'].hold, 'the displays');
	await phone.until((s) => s.last[`ticket:${someone.token}`]?.hold, 'the phone');
	assert.doesNotMatch(JSON.stringify([phone.messages, await staff.display.view('display:all')]), /no clinician/);
	const body = refused(await site.board.desk('registration-1', 'call'), 'hold');
	assert.equal(body.reason, 'no clinician');
	accepted(await site.board.post('/api/site/resume', {}));
	await stream.until((s) => s.last.board.inside === null && !s.last['desk:registration-1'].hold && !s.last['display:all'].hold, 'on again');
	await phone.until((s) => !s.last[`ticket:${someone.token}`].hold, 'the phone again');
});

test('the board counts what was given, who was turned away, what stands where, and waits that are not over', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	await hall.injected();
	const other = await hall.waiting('injection');
	await hall.do(other, 'start', { desk: 'injection-2' });
	await hall.do(other, 'inject', { desk: 'injection-2', ...DOSE, lot: 'L2' });
	const turned = refused(await staff.kiosk.post('/api/visits', {
		person: { name: '测试者', birth_date: '1970-05-17', sex: 'female' }, language: 'en', checks: { mask: false },
	}), 'not_today');
	assert.equal(turned.check, 'mask');
	for (const language of ['zh-Hans', 'zh-Hant', 'en']) assert.ok(turned.advice[language].length > 0, language);
	await hall.newcomer();
	await site.advance(4 * MINUTE);
	await hall.newcomer();
	await site.advance(4 * MINUTE);
	const board = await site.board.view('board');
	assert.deepEqual(board.not_today, [{ check: 'mask', count: 1 }]);
	assert.equal(board.totals.not_today, 1);
	assert.deepEqual(board.stock, [
		{ vaccine: DOSE.vaccine, lot: DOSE.lot, given: 1 }, { vaccine: DOSE.vaccine, lot: 'L2', given: 1 },
	]);
	// Two started at once, two wait since 8 and 4 minutes.
	assert.deepEqual(board.stages.registration.wait, { p50: 0, p90: 8 });
	assert.ok(Number.isInteger(board.stages.registration.forecast));
	const kiosk = board.devices.find((d) => d.id === staff.kiosk.device.id);
	assert.equal(kiosk.kind, 'kiosk');
	assert.equal(kiosk.state, 'enrolled');
	assert.equal(typeof kiosk.silent, 'boolean');
	assert.equal(board.devices.find((d) => d.kind === 'board').silent, false);
	assert.ok(kiosk.last_contact);
	assert.deepEqual(board.desks.find((d) => d.id === 'consent-1').devices, [{ id: staff.consent.device.id, name: 'consent' }]);
	assert.doesNotMatch(JSON.stringify(board), NAMED);
});

test('a roll call counts who was seen, and whom it missed is an alarm that says what settles it', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const [here, gone] = [await hall.observing(), await hall.observing()];
	const stream = await site.board.stream('board,alerts');
	t.after(() => stream.close());
	await site.advance(MINUTE);
	accepted(await site.board.post('/api/site/roll_call_start', {}));
	await stream.until((s) => s.last.board?.stages.observation.seen === 0, 'a roll call');
	accepted(await staff.observation.scan(here.token), 'seen');
	await stream.until((s) => s.last.board.stages.observation.seen === 1, 'one seen');
	accepted(await staff.observation.post('/api/site/roll_call_end', {}));
	const alarm = await stream.untilAlert('missing', gone.id);
	assert.equal(alarm.urgency, 3);
	assert.ok(alarm.settled_by.includes('seen'));
	const board = await stream.until((s) => s.last.board.roll_call.ended_at && s.last.board, 'the end');
	assert.equal(board.roll_call.missing, 1);
	assert.equal(board.stages.observation.seen, null);
	await hall.do(gone, 'seen');
	await stream.untilNoAlert('missing', gone.id);
});

test('the timeline says what was undone and where somebody was moved to', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const someone = await hall.served('registration', 'registration-3');
	await hall.do(someone, 'undo', { desk: 'registration-3' });
	await hall.do(someone, 'start', { desk: 'registration-3' });
	await hall.do(someone, 'finish', { desk: 'registration-3' });
	await hall.do(someone, 'move', { stage: 'registration', reason: 'wrong record' });
	const { timeline } = (await site.board.get(`/api/visits/${someone.token}`)).body;
	const undone = timeline.find((m) => m.type === 'undone');
	assert.equal(undone.undoes, 'started');
	const moved = timeline.find((m) => m.type === 'moved');
	assert.equal(moved.stage, 'registration');
	assert.equal(moved.reason, 'wrong record');
});

// Of everything there is somebody, somewhere.
test('every picture and answer has the members that the document names, and no others', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { rooms: { registration: 6 }, observation: { seats: 6 } } }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const fits = (name, value) => assert.deepEqual(misfits(name, value), [], name);
	const party = uuid();
	for (const state of ['left_early', 'observing', 'unwell', 'injected', 'serving', 'deferred']) await hall.bring(state);
	const outside = await hall.waiting('injection');
	for (let i = 0; i < 8; i++) await hall.newcomer(undefined, i < 3 ? { party, companions: 1 } : {});
	const look = async () => {
		fits('BoardView', await site.board.view('board'));
		fits('AlertsView', await site.board.view('alerts'));
		fits('ObservationView', await site.board.view('observation'));
		for (const stage of ['registration', 'consent', 'injection']) fits('DisplayView', await staff.display.view(`display:${stage}`));
		fits('DisplayAllView', await staff.display.view('display:all'));
		for (const desk of ['registration-1', 'injection-1', 'consent-2']) fits('DeskView', await site.board.view(`desk:${desk}`));
		fits('TicketView', await site.nobody().view(`ticket:${outside.token}`));
	};
	await look();
	fits('DeskAct', (await site.board.desk('registration-1', 'call')).body);
	await site.board.unwell({ place: 'row 3' });
	await site.advance(40 * MINUTE); // alarms of every kind that time raises
	await look();
	fits('Problem', refused(await staff.kiosk.post('/api/visits', {
		person: { name: '测试者', birth_date: '1970-05-17', sex: 'female' }, language: 'en', checks: { mask: false },
	}), 'not_today'));
	fits('SiteAct', (await site.board.post('/api/site/hold', { reason: 'fridge' })).body);
	fits('SiteAct', (await site.board.post('/api/site/roll_call_start', {})).body);
	fits('Problem', refused(await site.board.desk('registration-2', 'call'), 'hold'));
	await look();
	fits('Site', (await staff.kiosk.get('/api/site')).body);
	fits('Roster', (await site.board.get('/api/roster')).body);
	fits('Day', (await site.board.get('/api/day')).body);
	fits('Act', (await site.board.act(outside.token, 'reissue')).body);
	for (const moment of (await site.board.get(`/api/visits/${outside.number}`)).body.timeline) fits('Moment', moment);
});

// Phones get a picture every half second at most; a wall must not wait for them.
test('a display is told at once, however long the phones have to wait', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	const someone = await hall.newcomer();
	const phone = await site.nobody().stream(`ticket:${someone.token}`);
	const wall = await site.board.stream('display:registration');
	t.after(() => [phone, wall].forEach((s) => s.close()));
	const waits = [];
	for (let i = 0; i < 9; i++) {
		for (let k = 0; k < 3; k++) await hall.newcomer();
		const began = Date.now();
		const waiting = 1 + 3 * (i + 1);
		await wall.until((s) => s.last['display:registration']?.waiting === waiting, 'the wall');
		waits.push(Date.now() - began);
	}
	waits.sort((a, b) => a - b);
	assert.ok(waits[4] < 250, `${waits} ms`);
});

// Names never stand where strangers look.
test('displays, the observation screen and tickets hold no name, whoever is in them', async (t) => {
	const site = await startSite({ clock: MANUAL, config: { rooms: { registration: 2, consent: 2, injection: 2 } } }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const party = uuid();
	const people = [];
	await hall.observing();
	for (let i = 0; i < 4; i++) people.push(await hall.newcomer(undefined, i < 2 ? { party } : {}));
	const watched = ['observation', 'display:all', 'display:registration', 'display:consent', 'display:injection'];
	const streams = [
		await staff.display.stream(watched.join(',')),
		...await Promise.all(people.map((p) => site.nobody().stream(`ticket:${p.token}`))),
	];
	t.after(() => streams.forEach((s) => s.close()));
	await site.board.desk('registration-1', 'call');
	await site.board.post('/api/site/hold', { reason: '测试者 is looked for' });
	await hall.do(people[3], 'unwell');
	await site.board.post('/api/site/resume', {});
	const { position } = await site.board.view('board');
	const last = (text) => Number(text.split('-')[1]);
	await streams[0].until((s) => last(s.last['display:all']?.position ?? '0-0') >= last(position) - 3, 'the last');
	for (const s of streams) assert.doesNotMatch(JSON.stringify(s.messages), NAMED, s.path);
	for (const p of people) assert.doesNotMatch(JSON.stringify(await site.nobody().view(`ticket:${p.token}`)), NAMED);
});

const streamsOf = async (site) => {
	const found = /^vaxline_streams(?:\{[^}]*\})? (\d+)/m.exec((await site.nobody().get('/metrics')).text);
	return found ? Number(found[1]) : undefined;
};

test('a reader of many views who does not keep up is dropped, and is right again after reconnecting', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const hall = new Hall(site);
	for (let i = 0; i < 40; i++) await hall.newcomer();
	await site.board.post('/api/site/hold', { reason: 'so that the board is large' });
	const views = 'board,alerts,observation,display:all,desk:registration-1,desk:registration-2,desk:registration-3,display:registration';
	const socket = net.connect(site.port, '127.0.0.1');
	t.after(() => socket.destroy());
	socket.on('error', () => {});
	socket.pause();
	socket.write(`GET /api/stream?views=${views} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${site.board.token}\r\n\r\n`);
	await waitFor(async () => (await streamsOf(site)) === 1, 'one stream');
	const good = await site.board.stream('board');
	t.after(() => good.close());
	let turn = 0;
	await waitFor(async () => {
		const desks = [1, 2, 3].map((n) => site.board.desk(`registration-${n}`, turn % 2 ? 'open' : 'close'));
		turn++;
		await Promise.all([...desks, hall.newcomer()]);
		return (await streamsOf(site)) === 1;
	}, 'the slow one to be dropped', 60 * SECOND);
	assert.ok(!good.ended, 'the others go on');
	const again = await site.board.stream(views);
	t.after(() => again.close());
	const { waiting } = (await site.board.view('board')).stages.registration;
	await again.until((s) => s.last.board?.stages.registration.waiting === waiting && s.last['display:all'], 'the whole picture');
	assert.equal(again.last['display:all'].stages.registration.waiting, waiting);
	assert.equal(again.last['desk:registration-1'].open, (await site.board.view('desk:registration-1')).open);
});
