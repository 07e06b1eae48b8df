// The ways in: an appointment's code, a document, a phone and a birth date, a walk-in; and what the door asks.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MANUAL, MINUTE, startSite, somebody, uuid } from '../lib/site.mjs';
import { Hall, accepted, noted, refused } from '../lib/hall.mjs';
import { csv } from '../lib/rosters.mjs';

const CARD = '11010119800517001X'; // the form is what counts for a walk-in
const FAMILY = '13800000001';
const PEOPLE = [
	{ name: '张一', id_type: 'passport', id_number: 'E10000001', birth_date: '1980-05-17', phone: '13800000000' },
	{ name: '张二', id_type: 'passport', id_number: 'E10000002', birth_date: '1981-05-17', phone: FAMILY },
	{ name: '张三', id_type: 'passport', id_number: 'E10000003', birth_date: '2010-01-01', phone: FAMILY, guardian: '张二' },
	{ name: '张四', id_type: 'passport', id_number: 'E10000004', birth_date: '2010-01-01', phone: FAMILY, guardian: '张二' },
	{ name: '张五', id_type: 'passport', id_number: 'E10000005', birth_date: '1950-01-01' },
	{ name: '张六', birth_date: '1990-01-01', phone: '13800000006' },
	{ name: '张七', birth_date: '1990-01-02', notes: '轮椅' },
	{ name: '张八', id_type: 'passport', id_number: 'E10000008', birth_date: '1980-05-18' },
	{ name: '张九', id_type: 'passport', id_number: 'E10000009', birth_date: '1980-05-19' },
];

async function expecting(t, config) {
	const site = await startSite({ clock: MANUAL, config }, t);
	const answer = await site.board.roster(csv(PEOPLE));
	assert.deepEqual([answer.status, answer.body.accepted], [200, PEOPLE.length], answer.text);
	const { body } = await site.board.get('/api/roster');
	const of = (name) => body.rows.find((row) => row.person.name === name);
	return { site, kiosk: await site.device('kiosk'), of };
}

function checkedIn(answer) {
	assert.equal(answer.status, 201, answer.text);
	assert.equal(answer.body.visit.state, 'queued');
	assert.equal(answer.body.visit.stage, 'registration');
	assert.match(answer.body.ticket.token, /^[A-Z2-7]{24}$/);
	return answer.body;
}

test('somebody expected', async (t) => {
	const { site, kiosk, of } = await expecting(t);

	await t.test('by the code of the appointment', async () => {
		const row = of('张一');
		const id = uuid();
		const body = { id, appointment: row.appointment.toLowerCase(), companions: 2, language: 'en', party: uuid() };
		const { visit, ticket } = checkedIn(await kiosk.checkIn(body));
		assert.equal(visit.id, row.visit);
		assert.equal(visit.number, 'A001');
		assert.deepEqual([visit.companions, visit.language, visit.party], [2, 'en', body.party]);
		assert.equal((await site.board.visit(ticket.token)).person.name, '张一');
		assert.equal((await kiosk.checkIn(body)).body.ticket.token, ticket.token, 'again under the same id');
		const twice = refused(await kiosk.checkIn({ appointment: row.appointment }), 'not_expected');
		assert.equal(twice.visit.number, 'A001');
		const { body: now } = await site.board.get('/api/roster');
		assert.deepEqual([now.expected, now.arrived], [PEOPLE.length, 1]);
	});

	await t.test('by the number of a document, as it is typed', async () => {
		const visit = checkedIn(await kiosk.checkIn({ id_type: '护照', id_number: ' e1000 0002 ' })).visit;
		assert.equal(visit.id, of('张二').visit);
		refused(await kiosk.checkIn({ id_type: 'passport', id_number: 'E10000002' }), 'not_expected');
		refused(await kiosk.checkIn({ id_number: 'E10000008' }), 'appointment_unknown');
		refused(await kiosk.checkIn({ id_type: 'passport', id_number: 'E19999999' }), 'appointment_unknown');
	});

	await t.test('by phone and birth date', async () => {
		const visit = checkedIn(await kiosk.checkIn({ phone: '+86 138-0000-0006', birth_date: '1990-01-01' })).visit;
		assert.equal(visit.id, of('张六').visit);
		refused(await kiosk.checkIn({ phone: '13800000006', birth_date: '1990-01-02' }), 'appointment_unknown');
	});

	await t.test('twins have one phone and one birthday', async () => {
		refused(await kiosk.checkIn({ phone: FAMILY, birth_date: '2010-01-01' }), 'ambiguous');
		const first = checkedIn(await kiosk.checkIn({ appointment: of('张三').appointment })).visit;
		const second = checkedIn(await kiosk.checkIn({ phone: FAMILY, birth_date: '2010-01-01' })).visit;
		assert.equal(first.id, of('张三').visit);
		assert.equal(second.id, of('张四').visit);
		refused(await kiosk.checkIn({ phone: FAMILY, birth_date: '2010-01-01' }), 'not_expected');
	});

	await t.test('a kiosk scans the code', async () => {
		const row = of('张八');
		const id = uuid();
		const scan = await kiosk.post('/api/scan', { id, code: row.appointment, language: 'en' });
		const { visit, ticket, next, message } = accepted(scan, 'check_in', 'queued');
		assert.equal(visit.id, row.visit);
		assert.equal(visit.language, 'en');
		assert.equal(next.stage, 'registration');
		assert.equal(message.key, 'check_in');
		assert.match(ticket.qr_svg + ticket.qr_png, new RegExp(`/api/tickets/${ticket.token}\\.svg.*/api/tickets/${ticket.token}\\.png`));
		assert.equal((await kiosk.post('/api/scan', { id, code: row.appointment, language: 'en' })).text, scan.text);
		noted(await kiosk.scan(ticket.token), 'where_to_go', 'queued');
		refused(await kiosk.scan(row.appointment), 'not_expected');
	});

	await t.test('no other device takes an appointment for a ticket', async () => {
		const { appointment } = of('张九');
		const devices = [['handheld', 'registration-1'], ['handheld', 'observation'], ['handheld', 'treatment'], ['exit']];
		for (const [kind, desk] of devices) {
			const device = await site.device(kind, `${kind} ${desk}`, desk);
			refused(await device.scan(appointment), 'ticket_unknown');
		}
		const token = (await site.board.walkIn()).ticket.token;
		refused(await kiosk.checkIn({ appointment: token }), 'appointment_unknown');
		refused(await kiosk.checkIn({ appointment: 'nonsense' }), 'appointment_unknown');
		assert.equal((await site.nobody().get(`/api/views/ticket:${appointment}`)).status, 404);
		assert.equal((await site.nobody().get(`/api/tickets/${appointment}.svg`)).status, 404);
		accepted(await site.board.scan(appointment), 'check_in', 'queued');
	});

	await t.test('class: elderly, and in need of help, as the roster says', async () => {
		assert.equal(checkedIn(await kiosk.checkIn({ appointment: of('张五').appointment })).visit.class, 'elderly');
		assert.equal(checkedIn(await kiosk.checkIn({ appointment: of('张七').appointment })).visit.class, 'assisted');
	});

	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

test('the slot of an appointment, with what is early and late', async (t) => {
	// At 08:00 local; slots of 08:00-08:30, fifteen minutes early and thirty late are within.
	const site = await startSite({ clock: MANUAL }, t);
	const kiosk = await site.device('kiosk');
	const slots = { early: '08:16-08:30', within: '08:15-08:30', late: '07:00-07:30', past: '07:00-07:29' };
	const rows = Object.entries(slots).map(([name, slot]) => ({ name, slot, birth_date: '1990-01-01' }));
	assert.equal((await site.board.roster(csv(rows))).status, 200);
	const { body } = await site.board.get('/api/roster');
	const classes = {};
	for (const row of body.rows) {
		classes[row.person.name] = checkedIn(await kiosk.checkIn({ appointment: row.appointment })).visit.class;
	}
	assert.deepEqual(classes, { early: 'walk_in', within: 'appointment', late: 'appointment', past: 'walk_in' });
});

test('a walk-in', async (t) => {
	const { site, kiosk, of } = await expecting(t);
	const walkIn = (person, more) => kiosk.post('/api/visits', { person: somebody(person), language: 'zh-Hans', ...more });

	await t.test('has a number of its own, and help where it is asked for', async () => {
		const { visit } = checkedIn(await walkIn({}, { assisted: true }));
		assert.deepEqual([visit.number, visit.class], ['W001', 'assisted']);
		assert.equal(checkedIn(await walkIn({}, { assisted: false })).visit.class, 'walk_in');
		assert.equal(checkedIn(await walkIn({ birth_date: '1966-11-20' })).visit.class, 'elderly', 'sixty today');
		assert.equal(checkedIn(await walkIn({ birth_date: '1966-11-21' })).visit.class, 'walk_in', 'sixty tomorrow');
	});

	await t.test('who stands on today\'s roster is told so', async () => {
		const body = refused(await walkIn({ id_type: 'passport', id_number: 'e10000001' }), 'has_appointment');
		assert.equal(body.visit.id, of('张一').visit);
		checkedIn(await kiosk.checkIn({ appointment: of('张一').appointment }));
		refused(await walkIn({ id_type: 'passport', id_number: 'E10000001' }), 'not_expected');
	});

	await t.test('whose card is inside already is told so', async () => {
		checkedIn(await walkIn({ id_number: CARD }));
		const body = refused(await walkIn({ id_type: 'id_card', id_number: CARD.toLowerCase() }), 'not_expected');
		assert.match(body.visit.number, /^W/);
		checkedIn(await walkIn({ id_type: 'passport', id_number: CARD }));
	});

	await t.test('equal names and birth dates alone never refuse', async () => {
		for (let i = 0; i < 3; i++) checkedIn(await walkIn({ name: '张一', birth_date: '1980-05-17' }));
		for (let i = 0; i < 2; i++) checkedIn(await walkIn({ name: '张六', birth_date: '1990-01-01', phone: '13800000006' }));
	});
});

test('one way, said clearly', async (t) => {
	const { site, kiosk, of } = await expecting(t);
	const { appointment } = of('张一');
	const person = somebody();
	const bad = {
		person: [{}, { party: uuid() }],
		appointment: [{ person, appointment }, { appointment: '' }, { appointment: 7 }],
		id_number: [{ person, id_number: '1' }, { id_type: 'passport' }, { id_number: '\u3000' }, { appointment, id_number: '1' }],
		phone: [{ person, phone: '1' }, { birth_date: '1990-01-01' }, { phone: 'none', birth_date: '1990-01-01' }],
		birth_date: [{ phone: '1' }, { appointment, birth_date: '1990-01-01' }, { phone: '1', birth_date: '1990-13-01' }],
		id_type: [{ appointment, id_type: 'passport' }],
		companions: [{ appointment, companions: 21 }, { appointment, companions: -1 }],
		assisted: [{ appointment, assisted: 'yes' }],
		checks: [{ appointment, checks: true }, { appointment, checks: { mask: 'yes' } }],
		'checks.pulse': [{ appointment, checks: { pulse: true } }],
	};
	const before = (await site.log()).length;
	for (const [field, bodies] of Object.entries(bad)) {
		for (const body of bodies) {
			const answer = refused(await kiosk.post('/api/visits', body), 'invalid', 422);
			assert.equal(answer.errors[0].field, field, JSON.stringify(body));
		}
	}
	assert.equal((await site.log()).length, before);
	checkedIn(await kiosk.post('/api/visits', { appointment, person: null, id_number: null, checks: null, companions: null }));
});

test('what the door asks', async (t) => {
	const { site, kiosk, of } = await expecting(t); // the sample asks for health_code, temperature, mask
	const totals = async () => (await site.board.get('/api/day')).body.totals;

	await t.test('all passed, or not asked', async () => {
		checkedIn(await kiosk.checkIn({ appointment: of('张一').appointment, checks: { health_code: true, temperature: true, mask: true } }));
		checkedIn(await kiosk.checkIn({ appointment: of('张二').appointment, checks: {} }));
		const event = (await site.log()).find((e) => e.type === 'checked_in');
		assert.deepEqual(event.data.checks, { health_code: true, temperature: true, mask: true });
	});

	await t.test('one not passed: not today, with what to do', async () => {
		const { appointment, visit } = of('张三');
		const id = uuid();
		const body = { id, appointment, checks: { mask: false, temperature: false, health_code: true } };
		const answer = await kiosk.checkIn(body);
		const { check, name, advice } = refused(answer, 'not_today');
		assert.equal(check, 'temperature', 'the first one of the configuration');
		for (const language of ['zh-Hans', 'zh-Hant', 'en']) assert.ok(advice[language].length > 5 && name[language].length > 1);
		assert.equal((await totals()).not_today, 1);
		assert.equal((await site.board.get('/api/roster')).body.rows.find((row) => row.visit === visit).state, 'expected');
		assert.equal((await kiosk.checkIn(body)).text, answer.text, 'again under the same id');
		assert.equal((await totals()).not_today, 1, 'and counted once');
		checkedIn(await kiosk.checkIn({ appointment, checks: { temperature: true } }));
	});

	await t.test('at a scan too', async () => {
		refused(await kiosk.scan(of('张四').appointment, { checks: { health_code: false } }), 'not_today');
		accepted(await kiosk.scan(of('张四').appointment, { checks: { health_code: true } }), 'check_in');
	});

	await t.test('a walk-in that fails gets no ticket', async () => {
		const answer = await kiosk.post('/api/visits', { person: somebody(), checks: { health_code: false } });
		assert.equal(refused(answer, 'not_today').visit ?? null, null);
		assert.equal((await totals()).not_today, 3);
		const event = (await site.log()).filter((e) => e.type === 'turned_away').pop();
		assert.deepEqual([event.visit, event.data.person, event.data.reason], [null, undefined, 'health_code']);
	});
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});

test('a check that must be told', async (t) => {
	const entry_checks = ['health_code', 'temperature'].map((id) => ({
		id, required: id === 'temperature',
		name: { 'zh-Hans': '甲', 'zh-Hant': '甲', en: 'a' }, advice: { 'zh-Hans': '乙', 'zh-Hant': '乙', en: 'b' },
	}));
	const { site, kiosk, of } = await expecting(t, { entry_checks });
	const { appointment } = of('张一');
	for (const answer of [
		await kiosk.checkIn({ appointment }), await kiosk.checkIn({ appointment, checks: { health_code: true } }), await kiosk.scan(appointment),
	]) {
		assert.match(refused(answer, 'field_missing', 422).detail, /checks\.temperature/);
	}
	refused(await kiosk.checkIn({ appointment, checks: { mask: true } }), 'invalid', 422);
	checkedIn(await kiosk.checkIn({ appointment, checks: { temperature: true } }));
	const { ticket } = (await site.board.post('/api/visits', { person: somebody(), checks: { temperature: true } })).body;
	noted(await kiosk.scan(ticket.token), 'where_to_go');
});

test('corrections, moves and new tickets by a board', async (t) => {
	const { site, kiosk } = await expecting(t);
	const hall = new Hall(site);
	const someone = await hall.waiting('consent');

	await t.test('a person is corrected whole, and found anew', async () => {
		const person = somebody({ name: '改正', id_type: 'passport', id_number: 'E77777777' });
		const answer = await site.board.act(someone.token, 'correct', { reason: 'misread', what: { person, language: 'en', companions: 0 } });
		const { visit } = accepted(answer, 'correct', 'queued');
		assert.deepEqual([visit.language, visit.companions], ['en', 0]);
		assert.deepEqual((await site.board.visit(someone.token)).person, person);
		const walkIn = await kiosk.post('/api/visits', { person: somebody({ id_type: 'passport', id_number: 'e77777777' }) });
		assert.equal(refused(walkIn, 'not_expected').visit.id, someone.id);
		const events = (await site.log()).filter((e) => e.type === 'corrected');
		assert.equal(events.length, 1);
		assert.equal(events[0].data.reason, 'misread');
	});

	await t.test('what was not given cannot be corrected', async () => {
		refused(await site.board.act(someone.token, 'correct', { reason: 'x', what: { lot: 'L2' } }), 'not_injected');
		const given = await hall.injected();
		accepted(await site.board.act(given.token, 'correct', { reason: 'x', what: { lot: 'L2', dose: 2 } }), 'correct', 'injected');
		for (const what of [undefined, {}, { colour: 1 }, { dose: 0 }, { person: { name: 'x' } }]) {
			refused(await site.board.act(given.token, 'correct', { reason: 'x', what }), 'invalid', 422);
		}
		refused(await site.board.act(given.token, 'correct', { what: { dose: 2 } }), 'invalid', 422);
	});

	await t.test('a lost ticket is replaced', async () => {
		const answer = await site.board.act(someone.number, 'reissue');
		const { ticket } = accepted(answer, 'reissue', 'queued');
		assert.notEqual(ticket.token, someone.token);
		assert.equal(ticket.number, someone.number);
		refused(await kiosk.scan(someone.token), 'ticket_ended');
		noted(await kiosk.scan(ticket.token), 'where_to_go', 'queued');
	});

	await t.test('a move leads where it has been', async () => {
		accepted(await site.board.act(someone.number, 'move', { stage: 'consent' }), 'move', 'queued');
		refused(await site.board.act(someone.number, 'move', { stage: 'injection' }), 'wrong_stage');
		const { visit } = accepted(await site.board.act(someone.number, 'move', { stage: 'registration', reason: 'mistake' }), 'move', 'queued');
		assert.deepEqual([visit.stage, visit.class], ['registration', 'called_back']);
		refused(await site.board.act(someone.number, 'move', { stage: 'consent' }), 'wrong_stage');
		refused(await site.board.act(someone.number, 'move'), 'invalid', 422);
	});

	await t.test('an act is taken back within a minute', async () => {
		const other = await hall.waiting();
		accepted(await site.board.act(other.token, 'park'), 'park', 'parked');
		await site.advance(MINUTE);
		accepted(await site.board.act(other.token, 'undo'), 'undo', 'queued');
		refused(await site.board.act(other.token, 'undo'), 'nothing_to_undo');
		accepted(await site.board.act(other.token, 'park'), 'park', 'parked');
		await site.advance(MINUTE + 1);
		refused(await site.board.act(other.token, 'undo'), 'undo_too_late');
	});
	assert.equal((await site.replay()).hash, (await site.clock()).hash);
});
