// One person from the door to the exit, by the scans of each kind of device.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, startSite } from '../lib/site.mjs';
import { DOSE, Hall, accepted, alarms, noted, refused } from '../lib/hall.mjs';

const CODE = /^[A-Z2-7]{24}$/;

test('from check-in to the exit', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	let token;
	let id;

	await t.test('a walk-in gets a number, a code and its QR', async () => {
		const answer = await staff.kiosk.post('/api/visits', {
			person: { name: '李小明', birth_date: '1971-02-03', sex: 'male', phone: '13800138000' }, language: 'zh-Hans',
			companions: 1,
		});
		assert.equal(answer.status, 201, answer.text);
		const { visit, ticket } = answer.body;
		assert.equal(ticket.number, 'W001');
		assert.match(ticket.token, CODE);
		assert.equal(visit.number, 'W001');
		assert.equal(visit.state, 'queued');
		assert.equal(visit.stage, 'registration');
		assert.equal(visit.desk, null);
		assert.equal(visit.class, 'walk_in');
		assert.equal(visit.language, 'zh-Hans');
		assert.equal(visit.companions, 1);
		assert.equal(visit.arrived_at, '2026-11-20T00:00:00.000Z');
		assert.equal(visit.injected_at, null);
		assert.equal(visit.due_at, null);
		assert.deepEqual(visit.flags, []);
		assert.ok(!('person' in visit), 'a kiosk sees no person');
		for (const link of [ticket.qr_svg, ticket.qr_png]) {
			const qr = await site.nobody().get(link.startsWith('http') ? new URL(link).pathname : link);
			assert.equal(qr.status, 200, link);
		}
		token = ticket.token;
		id = visit.id;
	});

	await t.test('name and birth date suffice, and equal ones never refuse', async () => {
		const twin = { person: { name: '李小明', birth_date: '1961-02-03' }, language: 'en' };
		for (const number of ['W002', 'W003']) {
			const answer = await staff.kiosk.post('/api/visits', twin);
			assert.equal(answer.status, 201, answer.text);
			assert.equal(answer.body.ticket.number, number);
		}
		for (const lacking of [{ name: '李' }, { birth_date: '1961-02-03' }]) {
			const answer = await staff.kiosk.post('/api/visits', { person: lacking, language: 'en' });
			refused(answer, 'invalid', 422);
		}
	});

	await t.test('a kiosk says where to go and moves nobody', async () => {
		await site.advance(MINUTE);
		const said = noted(await staff.kiosk.scan(token), 'where_to_go', 'queued');
		assert.ok(said.message.key && said.next, JSON.stringify(said));
		assert.ok(!('person' in said.visit));
	});

	await t.test('registration: a scan starts, a second one is noted', async () => {
		await site.advance(MINUTE);
		refused(await staff.registration.act(token, 'finish'), 'not_serving');
		const started = accepted(await staff.registration.scan(token), 'start', 'serving');
		assert.equal(started.visit.desk, 'registration-1');
		assert.equal(started.visit.person.name, '李小明');
		noted(await staff.registration.scan(token), 'being_served', 'serving');
		const finished = accepted(await staff.registration.act(token, 'finish', { note: 'record found' }), 'finish', 'queued');
		assert.equal(finished.visit.stage, 'consent');
		assert.equal(finished.visit.desk, null);
	});

	await t.test('the wrong desk is refused and says where to go', async () => {
		await site.advance(MINUTE);
		const problem = refused(await staff.registration.scan(token), 'wrong_stage');
		assert.match(JSON.stringify(problem), /consent/);
		refused(await staff.injection.scan(token), 'wrong_stage');
		refused(await staff.observation.scan(token), 'not_injected');
	});

	await t.test('consent: called, scanned, finished', async () => {
		await site.advance(MINUTE);
		const called = await staff.consent.desk('consent-1', 'call');
		assert.equal(called.status, 200, called.text);
		assert.equal(called.body.visit.id, id);
		assert.equal(called.body.visit.state, 'called');
		assert.ok('party' in called.body);
		accepted(await staff.consent.scan(token), 'start', 'serving');
		accepted(await staff.consent.act(token, 'finish'), 'finish', 'queued');
	});

	await t.test('injection: finish is not enough, the state is judged before the fields', async () => {
		await site.advance(MINUTE);
		refused(await staff.injection.act(token, 'inject', {}), 'not_serving');
		accepted(await staff.injection.scan(token), 'start', 'serving');
		refused(await staff.injection.act(token, 'finish'), 'wrong_stage');
		refused(await staff.injection.act(token, 'inject', {}), 'field_missing', 422);
		const { visit } = accepted(await staff.injection.act(token, 'inject', DOSE), 'inject', 'injected');
		const { now } = await site.clock();
		assert.equal(Date.parse(visit.injected_at), now);
		assert.equal(Date.parse(visit.due_at), now + 30 * MINUTE);
	});

	await t.test('observation: the scan arrives, the next one is noted', async () => {
		await site.advance(MINUTE);
		accepted(await staff.observation.scan(token), 'arrive', 'observing');
		noted(await staff.observation.scan(token), 'already_here', 'observing');
		await site.advance(MINUTE);
		noted(await staff.treatment.scan(token), 'reaction_form', 'observing');
	});

	await t.test('the exit: released at due, and a second time refused', async () => {
		const { due_at } = await site.board.visit(token);
		await site.advanceTo(Date.parse(due_at));
		accepted(await staff.exit.scan(token), 'release', 'completed');
		refused(await staff.exit.scan(token), 'ticket_ended');
		assert.equal((await alarms(site.board, 'ticket_reused', id)).length, 1);
	});

	await t.test('the timeline tells it in order', async () => {
		for (const ref of [token, 'W001']) {
			const answer = await site.board.get(`/api/visits/${ref}`);
			assert.equal(answer.status, 200, answer.text);
			assert.equal(answer.body.visit.id, id);
			assert.equal(answer.body.visit.person.phone, '13800138000');
			const types = answer.body.timeline.map((m) => m.type);
			const way = ['checked_in', 'started', 'finished', 'called', 'started', 'finished', 'started', 'injected', 'arrived', 'released'];
			assert.deepEqual(types.filter((type) => way.includes(type)), way, JSON.stringify(types));
			const times = answer.body.timeline.map((m) => Date.parse(m.at));
			assert.deepEqual(times, [...times].sort((a, b) => a - b));
		}
		refused(await site.board.get('/api/visits/W777'), 'visit_unknown', 404);
	});

	await t.test('the log holds every act under its command and device', async () => {
		const events = (await site.log()).filter((e) => e.visit === id);
		assert.equal(events[0].type, 'checked_in');
		assert.equal(events[0].device, staff.kiosk.device.id);
		assert.equal(events.find((e) => e.type === 'injected').device, staff.injection.device.id);
		assert.equal(events.find((e) => e.type === 'injected').data.lot, DOSE.lot);
		assert.equal(events.find((e) => e.type === 'released').device, staff.exit.device.id);
	});
});

test('who shares the way: two at a desk, two desks for one, a kiosk in observation', async (t) => {
	const site = await startSite({ clock: MANUAL }, t);
	const staff = await site.staff();
	const hall = new Hall(site);
	const second = await site.device('handheld', 'h2', 'registration-2');
	const [a, b] = [await hall.waiting(), await hall.waiting()];

	accepted(await staff.registration.scan(a.token), 'start', 'serving');
	const busy = refused(await staff.registration.scan(b.token), 'desk_busy');
	assert.ok(busy.detail);
	await site.advance(MINUTE);
	const problem = refused(await second.scan(a.token), 'already_served');
	assert.match(JSON.stringify(problem), /registration-1/);
	refused(await second.act(a.token, 'finish'), 'desk_wrong');
	accepted(await site.board.act(a.token, 'finish'), 'finish', 'queued');

	await t.test('a kiosk that stands in observation arrives people', async () => {
		const kiosk = await site.device('kiosk', 'chairs', 'observation');
		const someone = await hall.injected();
		accepted(await kiosk.scan(someone.token), 'arrive', 'observing');
	});

	await t.test('the ways out before the needle', async () => {
		for (const [state, action, more, code] of [
			['queued', 'leave', {}, 'left'], ['parked', 'leave', {}, 'left'], ['serving', 'leave', {}, 'left'],
		]) {
			const someone = await hall.bring(state);
			accepted(await site.board.act(someone.token, action, more), action, code);
		}
		const sick = await hall.passing('consent');
		accepted(await site.board.act(sick.token, 'defer', { reason: 'fever' }), 'defer', 'deferred');
		refused(await site.board.act(sick.token, 'defer', { reason: 'fever' }), 'ticket_ended');
	});

	await t.test('back to an earlier stage, never to a later one', async () => {
		const someone = await hall.passing('consent');
		refused(await site.board.act(someone.token, 'return_to', { stage: 'injection' }), 'wrong_stage');
		const { visit } = accepted(await site.board.act(someone.token, 'return_to', { stage: 'registration' }), 'return_to', 'queued');
		assert.equal(visit.stage, 'registration');
	});

	await t.test('what is no action changes nothing', async () => {
		const someone = await hall.waiting();
		const unheard = await site.board.act(someone.token, 'vanish');
		assert.equal(unheard.status, 404, unheard.text);
		for (const action of ['call', 'note', 'give_back', 'lapse', 'day_end', 'exit', 'check_in']) {
			const answer = await site.board.act(someone.token, action);
			assert.ok([404, 409].includes(answer.status), `${action}: ${answer.status}`);
			assert.equal((await site.board.visit(someone.token)).state, 'queued', action);
		}
	});

	await t.test('codes are read as scanners send them', async () => {
		const someone = await hall.waiting();
		const groups = someone.token.match(/.{4}/g);
		const forms = [
			someone.token.toLowerCase(), `${someone.token}\r\n`, groups.join(' '), groups.join('-'),
			`HTTPS://VAX.EXAMPLE/T/${someone.token}`, `https://vax.example/t/${someone.token.toLowerCase()}`,
		];
		for (const code of forms) noted(await staff.kiosk.scan(code), 'where_to_go');
		const forged = someone.token.slice(0, -1) + (someone.token.endsWith('A') ? 'B' : 'A');
		const dead = [forged, someone.token.slice(1), `${someone.token}A`, [...someone.token].reverse().join(''), '💉', 'W001'];
		for (const code of dead) refused(await staff.kiosk.scan(code), 'ticket_unknown');
		refused(await staff.kiosk.scan(''), 'invalid', 422);
	});
});
