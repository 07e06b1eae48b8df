// Who is signed on at a device: in by a badge, out by a tap, time or somebody else; and what takes a person with a role.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { MANUAL, MINUTE, MORNING, SECOND, startSite } from '../lib/site.mjs';
import { DOSE, Hall, accepted, noted, refused } from '../lib/hall.mjs';
import { DUTY, STAFF, badgesOf, signOff, signOn, trySignOn } from '../lib/signing.mjs';
import { metricsOf } from '../lib/metrics.mjs';
import { csv } from '../lib/rosters.mjs';
import { misfits } from '../lib/schema.mjs';

const START = Date.parse(MORNING);
const iso = (ms) => new Date(ms).toISOString();
const fits = (name, value) => assert.deepEqual(misfits(name, value), [], name);
const dutySite = (t, config = {}) => startSite({ clock: MANUAL, unstaffed: true, config: { ...DUTY, ...config } }, t);
const sessionOf = async (client) => (await client.get('/api/session')).body.session;
const nameOf = (id) => STAFF.find((one) => one.id === id).name;
// Events of sessions, one line each.
const sessions = async (site) => (await site.log())
	.filter((e) => /^sign/.test(e.type))
	.map(({ type, device, staff, data }) => [type, data.subject ? `d${data.subject}` : device, data.member, data.sign_off, staff].filter(Boolean).join(' '));

test('signing on and off', async (t) => {
	const site = await dutySite(t);
	const badges = await badgesOf(site);
	const staff = await site.staff();
	const nurse = staff.injection;

	await t.test('by the code of a badge, however it was read', async () => {
		for (const badge of [badges.N1, `BADGE:${badges.N1}`, badges.N1.toLowerCase(), ` ${badges.N1}\n`]) {
			const answer = await trySignOn(nurse, badge);
			assert.equal(answer.status, 200, answer.text);
			fits('SignedOn', answer.body);
			assert.deepEqual(answer.body, {
				outcome: 'accepted', code: 'accepted', previous: null,
				session: {
					staff: { id: 'N1', name: '陈护士', roles: ['vaccinator'], qualifications: { vaccinator: '2027-06-30' } },
					since: MORNING, ends_at: null, idle_ends_at: iso(START + 30 * MINUTE),
				},
			});
		}
	});

	await t.test('everybody sees it who has to', async () => {
		const own = await nurse.get('/api/session');
		fits('DeviceSession', own.body);
		assert.equal(own.body.device.id, nurse.device.id);
		assert.equal(own.body.session.staff.id, 'N1');
		for (const client of [nurse, site.board]) {
			const picture = await client.view(`session:${nurse.device.id}`);
			fits('SessionView', picture);
			assert.deepEqual(picture.session, own.body.session);
		}
		const desk = await nurse.view('desk:injection-1');
		fits('DeskView', desk);
		assert.deepEqual(desk.staff, { id: 'N1', name: '陈护士' });
		assert.equal((await site.board.view('desk:injection-2')).staff, null);
		const board = await site.board.view('board');
		fits('BoardView', board);
		assert.deepEqual(board.desks.find((d) => d.id === 'injection-1').staff, { id: 'N1', name: '陈护士' });
		assert.deepEqual(board.devices.find((d) => d.id === nurse.device.id).staff, { id: 'N1', name: '陈护士' });
		assert.ok(board.devices.filter((d) => d.id !== nurse.device.id).every((d) => d.staff === null));
		assert.equal((await metricsOf(site)).get('vaxline_signed_on'), 1);
	});

	await t.test('a session is seen by its own device and by boards', async () => {
		for (const client of [staff.exit, staff.kiosk, staff.registration, staff.program]) {
			refused(await client.get(`/api/views/session:${nurse.device.id}`), 'forbidden', 403);
			assert.equal((await client.view(`session:${client.device.id}`)).session, null);
		}
		refused(await site.nobody().get(`/api/views/session:${nurse.device.id}`), 'unauthorized', 401);
		for (const name of ['session:d999', 'session:', 'session:7', 'session:d01', 'session:d-1', 'session:d99999999999']) {
			refused(await site.board.get(`/api/views/${name}`), 'not_found', 404);
		}
	});

	await t.test('a tap signs off, also where nobody was', async () => {
		for (let i = 0; i < 2; i++) {
			const answer = await signOff(nurse);
			assert.equal(answer.status, 200, answer.text);
			assert.deepEqual(answer.body, { session: null });
		}
		assert.equal(await sessionOf(nurse), null);
		assert.deepEqual((await sessions(site)).slice(-1), [`signed_off ${nurse.device.id} N1 tap N1`]);
		assert.equal((await sessions(site)).filter((line) => line.startsWith('signed_off')).length, 1);
	});

	await t.test('at handhelds, exits and boards alone', async () => {
		for (const name of ['kiosk', 'display', 'screen', 'program']) {
			refused(await trySignOn(staff[name], badges.N1), 'forbidden', 403);
			refused(await signOff(staff[name]), 'forbidden', 403);
			const own = await staff[name].get('/api/session');
			assert.equal(own.status, 200, own.text);
			assert.equal(own.body.session, null);
		}
		for (const name of ['exit', 'board', 'observation', 'treatment', 'registration']) {
			assert.equal((await signOn(staff[name], badges.R1)).staff.id, 'R1', name);
			assert.deepEqual((await signOff(staff[name])).body, { session: null });
		}
		refused(await trySignOn(site.nobody(), badges.N1), 'unauthorized', 401);
	});

	await t.test('what is no badge', async () => {
		const someone = await new Hall(site).newcomer();
		for (const badge of ['', 'x', 'BADGE:', badges.N1.slice(1), `${badges.N1}A`]) {
			assert.equal(refused(await trySignOn(nurse, badge), 'invalid', 422).errors[0].field, 'badge', badge);
		}
		for (const [body, field] of [
			[{}, 'badge'], [{ badge: 7 }, 'badge'], [{ badge: badges.N1, pin: '123' }, 'pin'], [{ badge: badges.N1, pin: 1234 }, 'pin'],
			[{ badge: badges.N1, pin: '12345678９' }, 'pin'], [{ badge: badges.N1, pin: '123456789' }, 'pin'],
			[{ badge: badges.N1, pin: '12a4' }, 'pin'], [{ badge: badges.N1, name: 'x' }, 'name'],
		]) {
			const answer = await nurse.send('POST', '/api/session', body);
			assert.equal(refused(answer, 'invalid', 422).errors[0].field, field, answer.text);
			assert.ok(!answer.text.includes(badges.N1));
		}
		const before = (await sessions(site)).length;
		refused(await trySignOn(nurse, someone.token.slice(0, -1) + (someone.token.endsWith('A') ? 'B' : 'A')), 'sign_on_refused', 403);
		assert.deepEqual((await sessions(site)).slice(before), [`sign_on_refused ${nurse.device.id}`]);
		assert.equal(await sessionOf(nurse), null);
	});
});

test('codes that were taken for one another are told apart, and nobody is suspected', async (t) => {
	const site = await dutySite(t);
	const badges = await badgesOf(site);
	const { injection: nurse, kiosk } = await site.staff();
	const someone = await new Hall(site).newcomer();
	assert.equal((await site.board.roster(csv([{ name: '张一', birth_date: '1980-05-17' }]))).status, 200);
	const [{ appointment }] = (await site.board.get('/api/roster')).body.rows;
	const wrong = (answer, field, detail) => assert.deepEqual(refused(answer, 'invalid', 422).errors, [{ field, detail }]);

	await t.test('a ticket and an appointment are no badges', async () => {
		const before = (await site.log()).length;
		for (let i = 0; i < 8; i++) { // more than there are tries
			wrong(await trySignOn(nurse, someone.token), 'badge', 'is the code of a ticket, not of a badge');
			wrong(await trySignOn(nurse, `https://vax.example/t/${someone.token}`, '1234'), 'badge', 'is the code of a ticket, not of a badge');
			wrong(await trySignOn(nurse, appointment.toLowerCase()), 'badge', 'is the code of an appointment, not of a badge');
		}
		assert.equal((await site.log()).length, before);
		assert.equal((await signOn(nurse, badges.N1)).staff.id, 'N1');
	});

	await t.test('a badge is no ticket', async () => {
		const before = (await site.log()).length;
		for (const code of [badges.N2, `BADGE:${badges.N2}`]) {
			for (const client of [nurse, kiosk, site.board]) {
				wrong(await client.scan(code), 'code', 'is the code of a badge: sign on with it');
			}
			for (const action of ['start', 'inject']) {
				wrong(await nurse.act(code, action, action === 'inject' ? DOSE : {}), 'code', 'is the code of a badge: sign on with it');
			}
		}
		assert.equal((await site.log()).length, before);
	});

	await t.test('but a cry for help is heard with any', async () => {
		accepted(await nurse.unwell({ code: badges.N2 }), 'unwell');
		accepted(await nurse.act(badges.N2, 'unwell'), 'unwell');
	});
});

test('the list of staff', async (t) => {
	const site = await dutySite(t);
	const badges = await badgesOf(site);
	const handheld = await site.device('handheld', 'h', 'injection-1');
	await signOn(handheld, badges.N1);

	await t.test('tells who is where, and no code', async () => {
		const answer = await site.board.get('/api/staff');
		assert.equal(answer.status, 200, answer.text);
		for (const one of answer.body.staff) fits('Staff', one);
		assert.deepEqual(answer.body.staff.map((one) => one.id).sort(), STAFF.map((one) => one.id).sort());
		const nurse = answer.body.staff.find((one) => one.id === 'N1');
		assert.deepEqual(nurse, {
			id: 'N1', name: '陈护士', roles: ['vaccinator'], qualifications: { vaccinator: '2027-06-30' }, pin: false, pin_asked: false,
			signed_on: [{ device: handheld.device.id, name: 'h', desk: 'injection-1', since: MORNING }],
		});
		for (const code of Object.values(badges)) assert.ok(!answer.text.includes(code));
		refused(await handheld.get('/api/staff'), 'forbidden', 403);
	});

	await t.test('the codes are for a supervisor who is signed on', async () => {
		for (const [who, why] of [[undefined, 'not_signed_on'], ['R1', 'not_qualified'], ['OLD', 'qualification_expired']]) {
			if (who) await signOn(site.board, badges[who]);
			refused(await site.board.get('/api/staff?badges=1'), why, 403);
		}
		await signOn(site.board, badges.S1);
		const answer = await site.board.get('/api/staff?badges=1');
		assert.equal(answer.status, 200, answer.text);
		for (const one of answer.body.staff) assert.equal(one.badge, badges[one.id]);
	});

	await t.test('a badge has its QR, for boards', async () => {
		const qr = await site.board.get(`/api/badges/${badges.N1}.svg`);
		assert.equal(qr.status, 200, qr.text);
		assert.match(qr.headers['content-type'], /^image\/svg\+xml/);
		assert.equal(qr.headers['cache-control'], 'no-store');
		refused(await handheld.get(`/api/badges/${badges.N1}.svg`), 'forbidden', 403);
		const someone = await new Hall(site).newcomer();
		for (const name of [badges.N1, `${badges.N1}.png`, `${badges.N1.slice(1)}.svg`, `${someone.token}.svg`, '.svg']) {
			refused(await site.board.get(`/api/badges/${name}`), 'not_found', 404);
		}
	});
});

// [name, the acts that it is, who may]
const DOCTORS = ['D1', 'ALL'];
const SUPERVISORS = ['S1', 'ALL'];

test('what takes a person with a role', async (t) => {
	const site = await dutySite(t);
	const badges = await badgesOf(site);
	const hall = new Hall(site);
	const { board } = site;
	const prepare = async (make) => {
		await signOn(board, badges.ALL);
		const made = await make();
		await signOff(board);
		return made;
	};
	const cases = {
		inject: [['N1', 'ALL'], () => hall.served('injection'), (p) => board.act(p.token, 'inject', DOSE)],
		assess: [DOCTORS, () => hall.bring('unwell'), (p) => board.act(p.token, 'assess', { note: 'pale' })],
		clear: [DOCTORS, () => hall.bring('unwell'), (p) => board.act(p.token, 'clear')],
		transfer: [DOCTORS, () => hall.bring('unwell'), (p) => board.act(p.token, 'transfer')],
		move: [SUPERVISORS, () => hall.waiting('consent'), (p) => board.act(p.token, 'move', { stage: 'registration', reason: 'x' })],
		correct: [SUPERVISORS, () => hall.waiting(), (p) => board.act(p.token, 'correct', { what: { language: 'en' }, reason: 'x' })],
		clock_doubt: [SUPERVISORS, async () => {
			await board.send('POST', '/api/clock', { doubt: true });
			return (await board.view('alerts')).alerts.find((a) => a.kind === 'clock_doubt');
		}, (alert) => board.post(`/api/alerts/${alert.id}/settle`, { outcome: 'confirmed' })],
		hold: [['S1', 'D1', 'ALL'], async () => {
			await board.post('/api/site/resume', {});
		}, () => board.post('/api/site/hold', { reason: 'fridge' })],
		resume: [['S1', 'D1', 'ALL'], async () => {
			await board.post('/api/site/hold', { reason: 'fridge' });
		}, () => board.post('/api/site/resume', {})],
		'day close': [SUPERVISORS, async () => {}, () => board.post('/api/day/close', { reason: 'evening' })],
	};

	for (const [name, [allowed, make, act]] of Object.entries(cases)) {
		await t.test(name, async () => {
			for (const who of allowed) {
				const made = await prepare(make);
				const count = (await site.log()).filter((e) => !/^sign/.test(e.type)).length;
				refused(await act(made), 'not_signed_on', 403);
				for (const other of ['R1', 'NONE', 'N1', 'D1', 'S1'].filter((id) => !allowed.includes(id))) {
					await signOn(board, badges[other]);
					refused(await act(made), 'not_qualified', 403);
				}
				await signOn(board, badges.OLD);
				refused(await act(made), 'qualification_expired', 403);
				await signOff(board);
				refused(await act(made), 'not_signed_on', 403);
				assert.equal((await site.log()).filter((e) => !/^sign/.test(e.type)).length, count, 'a refusal changes nothing');
				await signOn(board, badges[who]);
				const answer = await act(made);
				if (name === 'day close') refused(answer, 'day_not_clear');
				else assert.equal(answer.status, 200, answer.text);
				await signOff(board);
			}
		});
	}

	await t.test('an answered act is answered again, whoever is signed on by then', async () => {
		const someone = await prepare(() => hall.served('injection'));
		await signOn(board, badges.N1);
		const first = await board.act(someone.token, 'inject', { id: '5f0c1f9e-0000-4000-8000-000000000001', ...DOSE });
		accepted(first, 'inject', 'injected');
		await signOff(board);
		const again = await board.act(someone.token, 'inject', { id: '5f0c1f9e-0000-4000-8000-000000000001', ...DOSE });
		assert.equal(again.status, 200, again.text);
		assert.equal(again.text, first.text);
	});

	await t.test('the kind of device comes first, and then the person', async () => {
		const someone = await prepare(() => hall.served('injection'));
		const exit = await site.device('exit', 'gate');
		refused(await exit.act(someone.token, 'inject', DOSE), 'forbidden', 403);
		await signOn(exit, badges.N1);
		refused(await exit.act(someone.token, 'inject', DOSE), 'forbidden', 403);
		// A wrong state is told to those who may.
		const early = await hall.waiting();
		refused(await board.act(early.token, 'inject', DOSE), 'not_signed_on', 403);
		await signOn(board, badges.N1);
		refused(await board.act(early.token, 'inject', DOSE), 'not_serving');
		await signOff(board);
	});

	await t.test('a cry for help, an arrival and an acknowledgement need nobody', async () => {
		const someone = await prepare(() => hall.injected());
		accepted(await board.act(someone.token, 'arrive'), 'arrive');
		assert.equal((await board.unwell({ code: someone.token })).status, 200);
		const alert = (await board.view('alerts')).alerts.find((a) => a.kind === 'unwell' && a.visit === someone.id);
		assert.equal((await board.post(`/api/alerts/${alert.id}/acknowledge`)).status, 200);
	});
});

test('somebody else signs on', async (t) => {
	const site = await dutySite(t);
	const badges = await badgesOf(site);
	const staff = await site.staff();
	const nurse = staff.injection;
	const hall = new Hall(site);
	const someone = await hall.waiting('injection');

	await t.test('in the middle of a visit: it is served on, each act under whose it was', async () => {
		await signOn(nurse, badges.N1);
		accepted(await nurse.scan(someone.token), 'start', 'serving');
		await site.advance(MINUTE);
		const answer = await trySignOn(nurse, badges.N2);
		assert.equal(answer.status, 200, answer.text);
		assert.deepEqual(answer.body.previous, { id: 'N1', name: '陈护士' });
		assert.equal(answer.body.session.staff.id, 'N2');
		const desk = await nurse.view('desk:injection-1');
		assert.equal(desk.here.id, someone.id);
		assert.equal(desk.staff.id, 'N2');
		noted(await nurse.scan(someone.token), 'being_served', 'serving');
		accepted(await nurse.act(someone.token, 'inject', DOSE), 'inject', 'injected');
		const { timeline } = (await site.board.get(`/api/visits/${someone.token}`)).body;
		for (const moment of timeline) fits('Moment', moment);
		const by = (type) => timeline.filter((m) => m.type === type).at(-1);
		assert.deepEqual([by('started').staff, by('started').staff_name], ['N1', '陈护士']);
		assert.deepEqual([by('injected').staff, by('injected').staff_name], ['N2', '李护士']);
		assert.equal(by('checked_in').staff, null);
		assert.equal(by('checked_in').staff_name, null);
		assert.deepEqual((await sessions(site)).slice(-2), [
			`signed_off ${nurse.device.id} N1 taken_over N2`, `signed_on ${nurse.device.id} N2 N2`,
		]);
		// The one before is told once.
		assert.equal((await trySignOn(nurse, badges.N2)).body.previous, null);
	});

	await t.test('one is at one device of a kind', async () => {
		const other = staff.consent;
		await signOn(staff.exit, badges.N2); // of another kind: stays beside
		await signOn(other, badges.N2);
		assert.equal(await sessionOf(nurse), null);
		assert.equal((await sessionOf(other)).staff.id, 'N2');
		assert.equal((await sessionOf(staff.exit)).staff.id, 'N2');
		assert.ok((await sessions(site)).includes(`signed_off ${nurse.device.id} N2 elsewhere N2`));
	});

	await t.test('the device is told at once', async () => {
		await signOn(nurse, badges.N1);
		const stream = await nurse.stream(`session:${nurse.device.id},desk:injection-1`);
		const view = `session:${nurse.device.id}`;
		await stream.until((s) => s.last[view]?.session?.staff.id === 'N1' && s.last['desk:injection-1']?.staff?.id === 'N1', 'the first');
		await signOn(nurse, badges.N2);
		await stream.until((s) => s.last[view].session?.staff.id === 'N2' && s.last['desk:injection-1'].staff?.id === 'N2', 'the second');
		await signOn(staff.registration, badges.N2);
		await stream.until((s) => s.last[view].session === null && s.last['desk:injection-1'].staff === null, 'nobody');
		stream.close();
	});

	await t.test('a revoked device has nobody', async () => {
		await signOn(nurse, badges.N1);
		assert.equal((await site.board.delete(`/api/devices/${nurse.device.id}`)).status, 200);
		refused(await trySignOn(nurse, badges.N1), 'unauthorized', 401);
		refused(await nurse.get('/api/session'), 'unauthorized', 401);
		refused(await site.board.get(`/api/views/session:${nurse.device.id}`), 'not_found', 404);
		assert.ok((await sessions(site)).some((line) => line.startsWith(`signed_off ${nurse.device.id} N1 revoked`)));
		assert.equal((await site.board.get('/api/staff')).body.staff.find((one) => one.id === 'N1').signed_on.length, 0);
	});
});

test('time signs off', async (t) => {
	const site = await dutySite(t, { sign_on: { idle_minutes: 30, board_idle_minutes: 240, shift_ends: ['09:20', '12:30', '18:00'] } });
	const badges = await badgesOf(site);
	const nurse = await site.device('handheld', 'h', 'injection-1');
	const view = `session:${nurse.device.id}`;
	const stream = await nurse.stream(view);
	const told = (id, what) => stream.until((s) => s.last[view] && (s.last[view].session?.staff.id ?? null) === id, what);
	const at = (clock) => Date.parse(`2026-11-20T${clock}:00.000Z`) - 8 * 60 * MINUTE;
	const hall = new Hall(site);

	await t.test('idle: the device did nothing for so long', async () => {
		const session = await signOn(nurse, badges.N1);
		assert.equal(session.idle_ends_at, iso(START + 30 * MINUTE));
		assert.equal(session.ends_at, iso(at('09:20'))); // the first end that is more than 30 minutes ahead
		await site.advance(20 * MINUTE);
		const someone = await hall.waiting('injection');
		accepted(await nurse.scan(someone.token), 'start', 'serving');
		await stream.until((s) => s.last[view].session?.idle_ends_at === iso(START + 50 * MINUTE), 'idle time to begin anew');
		await site.advance(30 * MINUTE - 1);
		assert.equal((await sessionOf(nurse)).staff.id, 'N1');
		await site.advance(1);
		await told(null, 'the end of idle time');
		assert.equal((await nurse.view('desk:injection-1')).here.id, someone.id);
		assert.deepEqual((await sessions(site)).slice(-1), [`signed_off ${nurse.device.id} N1 idle`]);
		refused(await nurse.act(someone.token, 'inject', DOSE), 'not_signed_on', 403);
		await signOn(nurse, badges.N1);
		accepted(await nurse.act(someone.token, 'inject', DOSE), 'inject');
	});

	await t.test('the shift ends, whatever is done', async () => {
		// 08:50 now: the end at 09:20 is just 30 minutes ahead.
		assert.equal((await signOn(nurse, badges.N2)).ends_at, iso(at('12:30')));
		await site.advanceTo(at('12:10'));
		assert.equal((await signOn(nurse, badges.N2)).ends_at, iso(at('18:00')));
		await site.advanceTo(at('17:20'));
		assert.equal((await signOn(nurse, badges.N1)).ends_at, iso(at('18:00')));
		await site.advanceTo(at('17:45'));
		await signOn(nurse, badges.N2);
		assert.equal((await sessionOf(nurse)).ends_at, iso(at('09:20') + 24 * 60 * MINUTE)); // of tomorrow
		assert.equal((await sessionOf(nurse)).staff.id, 'N2');
		await signOff(nurse);
		await site.advanceTo(at('17:46'));
	});

	await t.test('at the minute', async () => {
		await site.advanceTo(at('12:00') + 24 * 60 * MINUTE - SECOND);
		const session = await signOn(nurse, badges.N1);
		assert.equal(session.ends_at, iso(at('12:30') + 24 * 60 * MINUTE));
		await site.advance(20 * MINUTE);
		assert.equal(accepted(await nurse.scan((await hall.waiting('injection')).token), 'start').outcome, 'accepted');
		await told('N1', 'the nurse');
		await site.advanceTo(at('12:30') + 24 * 60 * MINUTE - 1);
		assert.equal((await sessionOf(nurse)).staff.id, 'N1');
		await site.advance(1);
		await told(null, 'the end of the shift');
		assert.deepEqual((await sessions(site)).slice(-1), [`signed_off ${nurse.device.id} N1 shift_end`]);
	});

	await t.test('another configuration moves the end, and the device is told', async () => {
		const { now } = await site.clock();
		await signOn(nurse, badges.N2);
		await stream.until((s) => s.last[view].session?.idle_ends_at === iso(now + 30 * MINUTE), 'the end of idle time');
		const config = JSON.parse(fs.readFileSync(site.configFile, 'utf8'));
		fs.writeFileSync(site.configFile, JSON.stringify({ ...config, sign_on: { ...config.sign_on, idle_minutes: 20 } }));
		process.kill(site.child.pid, 'SIGHUP');
		await stream.until((s) => s.last[view].session?.idle_ends_at === iso(now + 20 * MINUTE), 'the new end of idle time');
		await signOff(nurse);
	});

	await t.test('a board has more time', async () => {
		const { now } = await site.clock();
		assert.equal((await signOn(site.board, badges.S1)).idle_ends_at, iso(now + 240 * MINUTE));
	});
	stream.close();
});

test('a restart and a kill keep who is signed on', async (t) => {
	const site = await dutySite(t);
	const badges = await badgesOf(site);
	const nurse = await site.device('handheld', 'h', 'injection-1');
	const before = await signOn(nurse, badges.N1);
	const lines = (await site.log()).length;
	await site.restart({ setup: false });
	await site.ready();
	assert.deepEqual(await sessionOf(nurse), before);
	assert.equal((await site.log()).length, lines, 'a restart alone adds no line');

	await signOn(nurse, badges.N2);
	const someone = await new Hall(site).waiting('injection');
	accepted(await nurse.scan(someone.token), 'start');
	await site.advance(10 * MINUTE);
	for (let i = 0; i < 3; i++) {
		// A sign-on under way as the server dies either was answered and stays, or was not and may.
		const who = ['N1', 'N2'][i % 2];
		const asked = trySignOn(nurse, badges[who]).catch(() => undefined);
		if (i) await asked;
		await site.kill9();
		const answer = await asked;
		await site.start({ setup: false });
		await site.ready();
		const session = await sessionOf(nurse);
		if (answer?.status === 200) assert.equal(session.staff.id, who);
		else assert.ok(['N1', 'N2'].includes(session.staff.id));
	}
	await signOn(nurse, badges.N2);
	accepted(await nurse.act(someone.token, 'inject', DOSE), 'inject');
	assert.equal((await site.log()).find((e) => e.type === 'injected').staff, 'N2');
	const said = await site.replay();
	assert.ok(said.events > 0);
});

test('acts kept offline are of whoever was signed on when they were made', async (t) => {
	const site = await dutySite(t);
	const badges = await badgesOf(site);
	const nurse = await site.device('handheld', 'h', 'injection-1');
	const hall = new Hall(site);
	const people = [];
	for (let i = 0; i < 4; i++) people.push(await hall.waiting('injection'));
	const event = async (type, person) => (await site.log()).filter((e) => e.type === type && e.visit === person.id).at(-1);
	const clock = async () => (await site.clock()).now;
	const at = (made, now) => ({ at: iso(made), sent_at: iso(now) });

	await signOn(nurse, badges.N1);
	await site.advance(10 * MINUTE);
	const first = await clock();
	await site.advance(10 * MINUTE);
	await signOn(nurse, badges.N2);
	await site.advance(10 * MINUTE);
	const now = await clock();
	accepted(await nurse.act(people[0].token, 'start', at(first, now)), 'start');
	accepted(await nurse.act(people[0].token, 'inject', { ...DOSE, ...at(first + MINUTE, now) }), 'inject');
	assert.equal((await event('started', people[0])).staff, 'N1');
	assert.equal((await event('injected', people[0])).staff, 'N1');
	accepted(await nurse.act(people[1].token, 'start', at(now - MINUTE, now)), 'start');
	assert.equal((await event('started', people[1])).staff, 'N2');

	// Made while nobody was signed on: nobody's, whoever is on by now.
	await signOff(nurse);
	await site.advance(5 * MINUTE);
	const alone = await clock();
	await site.advance(5 * MINUTE);
	await signOn(nurse, badges.N1);
	const later = await clock();
	refused(await nurse.act(people[1].token, 'inject', { ...DOSE, ...at(alone, later) }), 'not_signed_on', 403);
	accepted(await nurse.act(people[1].token, 'inject', { ...DOSE, ...at(later, later) }), 'inject');
	assert.equal((await event('injected', people[1])).staff, 'N1');

	// Idle time passed while it was offline; what it did meanwhile carried the session on.
	accepted(await nurse.act(people[2].token, 'start'), 'start');
	await site.advance(50 * MINUTE);
	assert.equal(await sessionOf(nurse), null);
	const back = await clock();
	accepted(await nurse.act(people[2].token, 'inject', { ...DOSE, ...at(later + 25 * MINUTE, back) }), 'inject');
	assert.equal((await event('injected', people[2])).staff, 'N1');
	accepted(await nurse.act(people[3].token, 'start', at(later + 45 * MINUTE, back)), 'start');
	assert.equal((await event('started', people[3])).staff, 'N1');
});

test('every event names the device and the person', async (t) => {
	const site = await dutySite(t);
	const badges = await badgesOf(site);
	const staff = await site.staff();
	const who = {
		registration: 'R1', consent: 'NONE', injection: 'N1', observation: 'N2', treatment: 'D1', exit: 'OLD', board: 'ALL',
	};
	for (const [place, id] of Object.entries(who)) assert.equal((await signOn(staff[place], badges[id])).staff.name, nameOf(id));
	const since = (await site.log()).at(-1).id;
	const { ticket, visit } = (await staff.kiosk.post('/api/visits', {
		person: { name: '测试者', birth_date: '1970-05-17', sex: 'female' }, language: 'zh-Hans',
	})).body;
	const act = async (place, action, more) => accepted(await staff[place].act(ticket.token, action, more));
	for (const stage of ['registration', 'consent']) {
		await act(stage, 'start');
		await act(stage, 'finish');
	}
	await act('injection', 'start');
	await act('injection', 'inject', DOSE);
	await act('observation', 'arrive');
	await act('exit', 'walked_out');
	await act('observation', 'returned');
	await act('observation', 'unwell');
	await act('treatment', 'assess', { note: 'well' });
	await act('treatment', 'clear');
	await act('board', 'correct', { what: { language: 'en' }, reason: 'x' });
	const events = (await site.log(`after=${since}`)).filter((e) => e.command);
	assert.ok(events.length >= 14, `${events.length}`);
	const at = Object.fromEntries(Object.entries(who).map(([place, id]) => [staff[place].device.id, id]));
	for (const event of events) {
		assert.ok(event.device, event.type);
		assert.equal(event.staff, event.device === staff.kiosk.device.id ? null : at[event.device], event.type);
	}
	assert.deepEqual(new Set(events.map((e) => e.staff)), new Set([null, ...Object.values(who)]));
	const { timeline } = (await site.board.get(`/api/visits/${visit.number}`)).body;
	for (const moment of timeline.filter((m) => m.staff)) assert.equal(moment.staff_name, nameOf(moment.staff));
});
